import {
  MalformedRecordError,
  type DomainEvent,
  type InboundRecord,
  type Json,
  type SignedRecord,
} from '#libs/messaging';
import type { Expression, Values } from '#libs/saga';
import type { LoadedFact } from '../loaded-facts.js';
import { deskRecord } from './desk-record.js';
import { attributesOf, valuesOfEvent } from './event-values.js';
import type { KnownMessage } from './fact-desk.js';
import type { HearsayMessage } from './hearsay.js';
import { factKey, factKind } from './outside.js';

/** A fact may be this much ahead of its record; beyond it the clock that wrote it is wrong. */
const aheadMs = 5 * 60_000;

/** What an event says about a fact, for the desk of the fact and its key. @throws MalformedRecordError */
export function factRecord(fact: LoadedFact, event: DomainEvent, record: InboundRecord): SignedRecord {
  const values = valuesOfEvent(event);
  const key = computed(fact, 'key', fact.key, values);
  if (key === null || key === '')
    throw new MalformedRecordError(
      'missing-key',
      `the event ${event.type} does not say whom ${fact.fact} is about`,
    );
  const asOf = fact.asOf === undefined ? event.at : computed(fact, 'asOf', fact.asOf, values);
  if (asOf > record.timestamp + aheadMs)
    throw new MalformedRecordError(
      'time-in-the-future',
      `${fact.fact} as of ${new Date(asOf).toISOString()} is more than 5 minutes ahead of its record`,
    );
  const value = fact.value === undefined ? (event.data as Json) : computed(fact, 'value', fact.value, values);
  const said = { value, asOf, event: attributesOf(event) };
  const message: KnownMessage | HearsayMessage =
    fact.source === undefined || fact.source === event.source
      ? {
          kind: 'known',
          ...said,
          lagMs: fact.lagMs,
          ...(fact.keepMs === undefined ? {} : { keepMs: fact.keepMs }),
        }
      : { kind: 'hearsay', ...said };
  return deskRecord(factKind, factKey(fact.fact, key), message as unknown as Json);
}

function computed<T extends Json>(
  fact: LoadedFact,
  what: string,
  expression: Expression<T>,
  values: Values,
): T {
  try {
    return expression(values);
  } catch (error) {
    const message = `the ${what} of fact ${fact.fact} cannot be computed: ${(error as Error).message}`;
    throw new MalformedRecordError('unusable-fact', message);
  }
}
