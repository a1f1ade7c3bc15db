import { ExpressionError } from '../expression/expression-error.js';
import { isEqual } from '../expression/runtime-value.js';
import type { Inputs } from '../decision/decision-table.js';
import type { Note } from '../effect.js';
import type { Instant } from '../json.js';
import type { Program } from '../program.js';
import { chartOf } from './chart.js';

/** What a table decided, as the history keeps it. */
export type DecisionNote = Extract<Note, { readonly what: 'decided' }>;

/** What comes of a decision that is made once more. `impossible`: the program has no such table at the block any more. */
export type DecidedAgain =
  | { readonly kind: 'same' }
  | { readonly kind: 'different'; readonly rules: readonly string[]; readonly because: string }
  | { readonly kind: 'impossible'; readonly because: string };

/**
 * Makes a decision once more, from what was known then: the same version of the table, the inputs and the time that the
 * history kept. Nothing else is looked at, so it says the same unless the history or the table is not what it was.
 */
export function decideAgain(program: Program, block: string, note: DecisionNote, now: Instant): DecidedAgain {
  const decide = tableAt(program, block);
  if (decide?.table !== note.table || decide.version !== note.version)
    return {
      kind: 'impossible',
      because: `${block} does not ask ${note.table} version ${note.version} there`,
    };
  try {
    const { rules, output } = decide.askAgain(note.inputs as Inputs, now);
    if (!isEqual([...rules], [...note.rules]))
      return { kind: 'different', rules, because: 'other rules hold' };
    return isEqual(output, note.output)
      ? { kind: 'same' }
      : { kind: 'different', rules, because: 'the same rules give another output' };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return { kind: 'different', rules: [], because: error.message };
  }
}

function tableAt(program: Program, block: string) {
  for (const { node } of chartOf(program).sites.values())
    if (node.kind === 'calc' && node.block === block && node.decide !== undefined) return node.decide;
  return undefined;
}
