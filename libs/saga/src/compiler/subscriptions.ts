import { at, textAt, type Cursor } from '../document/cursor.js';
import { ANY, type StaticType } from '../expression/static-type.js';
import type { Expression } from '../scope-values.js';
import { EVENT } from '../shape/policy-shapes.js';
import { EXPRESSION } from '../shape/scalar-shapes.js';
import type { Field, Fields } from '../shape/shape.js';
import type { Subscription } from '../wait-node.js';
import type { BlockCompiler } from './block-compiler.js';
import { awaitedEventType } from './events.js';
import type { Flow } from './flow.js';

/** The event of a subscription. */
export const EVENT_FIELD: Field = { shape: EVENT, doc: 'The event.' };

/** What tells the event that is meant from others of its kind. */
export const CORRELATION_FIELDS: Fields = {
  key: {
    shape: EXPRESSION,
    doc: "The key that the event carries by its contract; the saga's own if nothing is said.",
  },
  match: {
    shape: EXPRESSION,
    doc: 'A condition over `data` and `event`; an event for which it does not hold is ignored.',
  },
};

/** What is written as `event`, `key` and `match`, and the type of the event's data. */
export interface CompiledSubscription {
  readonly subscription: Subscription;
  readonly data: StaticType;
}

/** The key where nothing is said: that of the saga. */
export const OWN_KEY: Expression = ({ saga }) => saga.key;

/** Compiles which events are meant. */
export function compileSubscription(
  cursor: Cursor,
  flow: Flow,
  compiler: BlockCompiler,
): CompiledSubscription {
  const event = textAt(cursor, 'event')!;
  const data = awaitedEventType(event, at(cursor, 'event')!, compiler.contracts, compiler.log);
  const key = at(cursor, 'key');
  const match = at(cursor, 'match');
  return {
    data,
    subscription: {
      event,
      key: key === undefined ? OWN_KEY : compiler.value(key, compiler.placeAt(flow)),
      ...(match !== undefined && {
        match: compiler.condition(match, compiler.placeAt(flow, { data, event: ANY })),
      }),
    },
  };
}
