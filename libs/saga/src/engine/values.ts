import { ExpressionError } from '../expression/expression-error.js';
import type { Failure, Values } from '../scope-values.js';
import { parentOf, type Place } from './chart.js';
import { frameAt, type Moment } from './moment.js';

/** The value of an expression, or why it has none. */
export type Evaluated<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly message: string };

/** Evaluates an expression that stands at `place`. */
export function evaluate<T>(
  moment: Moment,
  place: Place,
  expression: (values: Values) => T,
  self?: Values['self'],
): Evaluated<T> {
  try {
    return { ok: true, value: expression(valuesAt(moment, place, self)) };
  } catch (error) {
    if (error instanceof ExpressionError) return { ok: false, message: error.message };
    throw error;
  }
}

function valuesAt(moment: Moment, place: Place, self: Values['self']): Values {
  const { input, steps, facts, toggles } = moment.state;
  const values = { input, steps, saga: facts, toggles, now: moment.now };
  const failure = failureAt(moment, place);
  if (failure === undefined && self === undefined) return values;
  return { ...values, ...(failure && { failure }), ...(self && { self }) };
}

/** The failure that expressions at `place` see: that of the nearest handler around it, else what the saga ends for. */
export function failureAt(moment: Moment, place: Place): Failure | undefined {
  for (let at: Place | undefined = place; at !== undefined; at = parentOf(at)) {
    const caught = frameAt(moment, at, 'scope')?.caught;
    if (caught !== undefined) return caught.failure;
  }
  return moment.state.failure;
}
