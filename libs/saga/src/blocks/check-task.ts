import { at, entriesOf, itemsOf, longForm, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { suggestion } from '../expression/did-you-mean.js';

/** Words of the output that no field may take. */
const OUTPUT_WORDS = ['answer', 'by', 'at', 'item'];
const QUIET_KEYS = ['answers', 'remind', 'escalate', 'due', 'window', 'atEnd', 'items', 'notBy'];

/** Complains about keys of a task that do not go together. */
export function checkTask(task: Cursor, log: ProblemLog): void {
  const timeout = at(task, 'timeout');
  if (timeout !== undefined)
    log.errorAtKey(
      timeout,
      'A task has no `timeout`: people may answer as long as the saga waits. Write `due` to tell who is late, `escalate` to ask more people, or `window` with `atEnd` for what silence means.',
    );
  if (textAt(task, 'mode') === 'inform') checkInform(task, log);
  else checkAnswers(task, log);
  checkWindow(task, log);
  checkItems(task, log);
}

function checkInform(task: Cursor, log: ProblemLog): void {
  for (const key of QUIET_KEYS) {
    const found = at(task, key);
    if (found !== undefined)
      log.errorAtKey(
        found,
        `With \`mode: inform\` nobody is waited for, so \`${key}\` means nothing. Leave it out.`,
      );
  }
}

function checkAnswers(task: Cursor, log: ProblemLog): void {
  const answers = entriesOf(at(task, 'answers'));
  if (answers.length === 0)
    log.error(
      at(task, 'answers') ?? task,
      'A task needs `answers`, such as `{ approve: [], deny: { adverse: true, needs: [reason] } }`.',
    );
  for (const [name, written] of answers) {
    const answer = longForm(written, 'do');
    const needs = itemsOf(at(answer, 'needs'));
    for (const need of needs)
      if (OUTPUT_WORDS.includes(String(need.value)))
        log.error(need, `"${String(need.value)}" stands in the output already. Choose another name.`);
    const adverse = at(answer, 'adverse');
    if (adverse?.value === true && !needs.some(({ value }) => value === 'reason'))
      log.error(adverse, `The adverse answer "${name}" has to say why. Write \`needs: [reason]\`.`);
  }
}

function checkWindow(task: Cursor, log: ProblemLog): void {
  const [window, atEnd, why] = ['window', 'atEnd', 'adverseOnSilence'].map((key) => at(task, key));
  if (textAt(task, 'mode') === 'veto' && window === undefined)
    log.error(
      task,
      'With `mode: veto` the saga goes on when nobody objects: say until when with `window` and what silence means with `atEnd`.',
    );
  if (window !== undefined && atEnd === undefined)
    log.errorAtKey(
      window,
      'At the end of the `window` nobody may have answered. Say with `atEnd: <answer>` what that means.',
    );
  if (atEnd === undefined) {
    if (why !== undefined) log.errorAtKey(why, '`adverseOnSilence` goes with `atEnd`. Leave it out.');
    return;
  }
  if (window === undefined)
    log.errorAtKey(
      atEnd,
      'Silence means something only at the end of a `window: <duration>`. Say how long it is.',
    );
  checkAtEnd(task, atEnd, why, log);
}

function checkAtEnd(task: Cursor, atEnd: Cursor, why: Cursor | undefined, log: ProblemLog): void {
  const name = String(atEnd.value);
  const answers = entriesOf(at(task, 'answers'));
  const written = answers.find(([answer]) => answer === name)?.[1];
  if (written === undefined) {
    log.error(
      atEnd,
      `There is no answer "${name}".${suggestion(
        name,
        answers.map(([answer]) => answer),
      )}`,
    );
    return;
  }
  const answer = longForm(written, 'do');
  const isAdverse = at(answer, 'adverse')?.value === true;
  if (isAdverse && why === undefined)
    log.error(
      atEnd,
      `Silence would mean the adverse answer "${name}". Choose another one, or write \`adverseOnSilence: <why>\`.`,
    );
  if (!isAdverse && why !== undefined)
    log.errorAtKey(why, `"${name}" takes nothing away, so \`adverseOnSilence\` is of no use. Leave it out.`);
  const missing = itemsOf(at(answer, 'needs'))
    .map(({ value }) => String(value))
    .filter((need) => !(isAdverse && need === 'reason'));
  if (missing.length > 0)
    log.error(
      atEnd,
      `Silence cannot say ${missing.join(', ')}, which the answer "${name}" needs. Choose another one.`,
    );
}

function checkItems(task: Cursor, log: ProblemLog): void {
  const items = at(task, 'items');
  for (const key of ['as', 'key']) {
    const found = at(task, key);
    if (items === undefined && found !== undefined)
      log.errorAtKey(found, `\`${key}\` is about an item. Write \`items: <list>\`, or leave it out.`);
  }
  for (const [name, written] of entriesOf(at(task, 'answers'))) {
    const answer = longForm(written, 'do');
    const [item, list] = [at(answer, 'item'), at(answer, 'do')];
    if (items === undefined && item !== undefined)
      log.errorAtKey(item, '`item` goes with `items`. Leave it out.');
    if (items === undefined) continue;
    if (item === undefined)
      log.error(
        written,
        `Say what becomes of an item that is answered "${name}": \`item: accepted\` or \`item: rejected\`.`,
      );
    if (itemsOf(list).length > 0)
      log.error(
        list!,
        `Items are answered one by one, so an answer has no blocks of its own. Put them behind the task, over \`.accepted\` or \`.rejected\`.`,
      );
  }
}
