import { ExpressionError } from './expression/expression-error.js';
import type { Instant, Json } from './json.js';
import type { Program } from './program.js';
import type { SagaState } from './turn.js';

/** What a saga has found out that was run to read a fact, or why that is nothing. */
export type Finding =
  | { readonly kind: 'found'; readonly value: Json; readonly asOf: Instant }
  | { readonly kind: 'nothing'; readonly reason: string };

/** What a saga has found out that has ended. Of when nothing is said it is of when the saga began. */
export function findingOf(
  { definition, known }: Pick<Program, 'definition' | 'known'>,
  { status, input, steps, facts, toggles }: SagaState,
  now: Instant,
): Finding {
  if (status !== 'completed') return nothing(`${definition} was ${status}`);
  if (known === undefined) return nothing(`${definition} does not say what is known when it ends`);
  const values = { input, steps, saga: facts, toggles, now };
  try {
    return { kind: 'found', value: known.value(values), asOf: known.asOf?.(values) ?? facts.startedAt };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return nothing(`what is known cannot be computed: ${error.message}`);
  }
}

function nothing(reason: string): Finding {
  return { kind: 'nothing', reason };
}
