import { entriesOf, longForm, at, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import { pathsUnder } from '../expression/paths-under.js';
import { ExpressionProblem } from '../expression/expression-problem.js';
import type { StaticType } from '../expression/static-type.js';
import type { Expression } from '../scope-values.js';
import { answerPlace } from './contract-places.js';
import { conditionExpression } from './expressions.js';

/** What has to be true of the data of a command. */
export interface CommandRule {
  readonly name: string;
  /** Over `data`. */
  readonly holds: Expression<boolean>;
  /** As it is written. */
  readonly text: string;
  /** What of the data it reads. */
  readonly paths: readonly (readonly string[])[];
  readonly cursor: Cursor;
  readonly because?: string;
  readonly instead?: string;
}

/** Reads what has to be true of the data of a command. */
export function readRules(rules: Cursor, data: StaticType, log: ProblemLog): readonly CommandRule[] {
  return entriesOf(rules).map(([name, written]) => {
    const rule = longForm(written, 'holds');
    const holds = at(rule, 'holds')!;
    const [because, instead] = [textAt(rule, 'because'), textAt(rule, 'instead')];
    return {
      name,
      holds: conditionExpression(holds, answerPlace(data), log),
      text: String(holds.value),
      paths: pathsRead(String(holds.value)),
      cursor: written,
      ...(because === undefined ? {} : { because }),
      ...(instead === undefined ? {} : { instead }),
    };
  });
}

/** What cannot be read has been complained about. */
function pathsRead(text: string): CommandRule['paths'] {
  try {
    return pathsUnder('data', text);
  } catch (error) {
    if (error instanceof ExpressionProblem) return [];
    throw error;
  }
}
