import { ExpressionError } from '../expression/expression-error.js';
import type { BrokenRule } from '../broken-rule.js';
import { RuleBrokenError } from '../expression/rule-broken-error.js';
import { StaleFactError } from '../expression/stale-fact-error.js';
import type { Json } from '../json.js';
import type { Expression, Failure, Values } from '../scope-values.js';
import { parentOf, undoneBy, type Place } from './chart.js';
import { localsAt, messageAt, stepsAt } from './iterations.js';
import { frameAt, type Moment } from './moment.js';
import { selfOf } from './operations.js';

/** The value of an expression, or why it has none. */
export type Evaluated<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly error: 'invalid' | 'stale';
      readonly message: string;
      /** The rule that forbids to send it, if one does. */
      readonly broken?: BrokenRule;
    };

/** Evaluates an expression that stands at `place`; `more` is what can be mentioned nowhere else. */
export function evaluate<T>(
  moment: Moment,
  place: Place,
  expression: (values: Values) => T,
  more?: Partial<Values>,
): Evaluated<T> {
  try {
    return { ok: true, value: expression(valuesAt(moment, place, more)) };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const name = error instanceof StaleFactError ? 'stale' : 'invalid';
    const broken = error instanceof RuleBrokenError ? { broken: error.broken } : {};
    return { ok: false, error: name, message: error.message, ...broken };
  }
}

function valuesAt(moment: Moment, place: Place, more: Partial<Values> | undefined): Values {
  const { input, facts, toggles, linked } = moment.state;
  const seen = { input, steps: stepsAt(moment, place), saga: facts, toggles, now: moment.now };
  const values: Values = linked === undefined ? seen : { ...seen, linked };
  const failure = failureAt(moment, place);
  const locals = localsAt(moment, place);
  const self = selfAt(moment, place);
  if (failure === undefined && more === undefined && locals === undefined && self === undefined)
    return values;
  return {
    ...values,
    ...(failure && { failure: { ...failure, causes: failure.causes ?? [] } }),
    ...(locals && { locals, ...messageAt(moment, place) }),
    ...(self && { self }),
    ...more,
  };
}

/** In blocks that undo something: what they undo. */
function selfAt(moment: Moment, place: Place): Values['self'] {
  const undone = undoneBy(place);
  if (undone === undefined) return undefined;
  const operation = moment.state.operations.find(
    ({ at, undo }) => at === undone.key && undo?.state === 'running',
  );
  return operation && selfOf(moment, operation);
}

/** The failure that expressions at `place` see: that of the nearest handler around it, else what the saga ends for. */
export function failureAt(moment: Moment, place: Place): Failure | undefined {
  return handledAt(moment, place) ?? moment.state.failure;
}

/** The failure that is being handled around `place`. */
export function handledAt(moment: Moment, place: Place): Failure | undefined {
  for (let at: Place | undefined = place; at !== undefined; at = parentOf(at) ?? undoneBy(at)) {
    const caught = frameAt(moment, at, 'scope')?.caught;
    if (caught !== undefined) return caught.failure;
  }
  return undefined;
}

/** Evaluates several expressions at once; the first that cannot be evaluated decides. */
export function evaluateAll(
  moment: Moment,
  place: Place,
  expressions: Readonly<Record<string, Expression>>,
): Evaluated<Readonly<Record<string, Json>>> {
  const values: Record<string, Json> = {};
  for (const [name, expression] of Object.entries(expressions)) {
    const value = evaluate(moment, place, expression);
    if (!value.ok) return value;
    values[name] = value.value;
  }
  return { ok: true, value: values };
}
