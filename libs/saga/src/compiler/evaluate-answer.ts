import { ExpressionError } from '../expression/expression-error.js';
import type { Json } from '../json.js';
import type { Expression, Values } from '../scope-values.js';

/** What an expression over `data` alone finds in it. @throws ExpressionError where it finds nothing. */
export function evaluatedOver<T extends Json>(expression: Expression<T>, data: Json): T {
  return expression({ ...NO_SAGA, data });
}

/** What an expression over `data` finds in an answer; `undefined` where it finds nothing. */
export function evaluated(expression: Expression, data: Json): Json | undefined {
  try {
    return evaluatedOver(expression, data);
  } catch (error) {
    if (error instanceof ExpressionError) return undefined;
    throw error;
  }
}

const NO_SAGA: Values = {
  input: null,
  steps: {},
  saga: { id: '', key: '', definition: '', version: 0, startedAt: 0, hops: 0 },
  toggles: {},
  now: 0,
};
