import type { Objective } from '../decision/objective.js';
import { at, entriesOf, itemsOf, longForm, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { Place } from '../expression/place.js';
import { numberExpression } from './expressions.js';

/** Compiles what a table with `hit: weigh` scores proposals by; absent for other tables. */
export function compileObjectives(
  root: Cursor,
  place: Place,
  log: ProblemLog,
): readonly Objective[] | undefined {
  const written = at(root, 'objectives');
  if (textAt(root, 'hit') !== 'weigh') {
    if (written !== undefined)
      log.errorAtKey(written, 'Only `hit: weigh` scores objectives. Write that, or leave `objectives` out.');
    return undefined;
  }
  checkWeighing(root, written, log);
  return entriesOf(written).map(([name, each]) =>
    compileObjective(name, longForm(each, 'score'), place, log),
  );
}

function checkWeighing(root: Cursor, written: Cursor | undefined, log: ProblemLog): void {
  if (entriesOf(written).length === 0)
    log.error(
      written ?? at(root, 'hit')!,
      '`hit: weigh` scores proposals, and there is nothing to score by. Write `objectives: { <name>: <a number from 0 to 1> }`.',
    );
  const fallback = at(root, 'default');
  if (fallback !== undefined)
    log.errorAtKey(fallback, '`hit: weigh` gives scores whether a rule holds or not. Leave `default` out.');
  for (const rule of itemsOf(at(root, 'rules'))) {
    const output = at(rule, 'output');
    if (output !== undefined)
      log.errorAtKey(
        output,
        'With `hit: weigh` a rule is a preference, and one that holds is listed as broken. Leave `output` out, and say with `because` what people read.',
      );
  }
}

function compileObjective(name: string, objective: Cursor, place: Place, log: ProblemLog): Objective {
  const score = at(objective, 'score')!;
  if (typeof score.value === 'number' && (score.value < 0 || score.value > 1))
    log.error(score, `A score is from 0 to 1, and this is ${score.value}.`);
  const atLeast = at(objective, 'atLeast');
  const because = textAt(objective, 'because');
  return {
    name,
    score: numberExpression(score, place, log),
    ...(atLeast === undefined ? {} : { atLeast: Number(atLeast.value) }),
    ...(because === undefined ? {} : { because }),
  };
}
