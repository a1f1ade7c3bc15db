import { at, entriesOf, isMap, itemsOf, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { suggestion } from '../expression/did-you-mean.js';
import type { TaskAsk } from '../wait-node.js';

/** Fields that may come with every answer. */
const ALWAYS_WELCOME = ['reason', 'comment'];

/** Complains about what nobody could answer: an answer that is none, a field it lacks or does not have. */
export function checkPeople(moves: Cursor, task: TaskAsk, log: ProblemLog): void {
  for (const move of Array.isArray(moves.value) ? itemsOf(moves) : [moves])
    if (isMap(move.value)) checkAnswer(move, task, log);
}

function checkAnswer(move: Cursor, { block, answers }: TaskAsk, log: ProblemLog): void {
  const names = Object.keys(answers);
  const said = at(move, 'answer');
  if (said === undefined) {
    if (names.length > 0)
      log.error(move, `Say what is answered, such as \`answer: ${names[0]}\`; or write \`silent\`.`);
    return;
  }
  const name = String(said.value);
  const answer = Object.hasOwn(answers, name) ? answers[name] : undefined;
  if (answer === undefined)
    return log.error(said, `"${name}" is no answer to "${block}".${suggestion(name, names)}`);
  const { needs = [] } = answer;
  const fields = entriesOf(at(move, 'data'));
  const missing = needs.filter((field) => !fields.some(([key]) => key === field));
  if (missing.length > 0)
    log.error(
      said,
      `The answer "${name}" needs ${missing.join(', ')}. Write \`data: { ${missing[0]}: … }\` beside it.`,
    );
  const welcome = [...needs, ...ALWAYS_WELCOME];
  for (const [field, cursor] of fields)
    if (!welcome.includes(field))
      log.errorAtKey(cursor, `The answer "${name}" has no field "${field}".${suggestion(field, welcome)}`);
}
