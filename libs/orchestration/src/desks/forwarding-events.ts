import {
  homeOf,
  MalformedRecordError,
  writeHomeRecord,
  type DomainEvent,
  type InboundRecord,
  type Json,
  type OutgoingRecord,
  type SignedRecord,
} from '#libs/messaging';
import type { Expression } from '#libs/saga';
import type { GateCoordination } from '../gate-coordination.js';
import type { LoadedEvent } from '../loaded-events.js';
import { readPlainEvent } from '../plain-event.js';
import { assertValueFits } from '../value-size.js';
import { deskRecord } from './desk-record.js';
import { attributesOf, valuesOfEvent } from './event-values.js';
import { factRecord } from './forwarding-facts.js';
import { rendezvousKey } from './outside.js';
import type { EventMessage } from './rendezvous.js';

/**
 * What has to be said to desks about an event of this type: that it came, to where those meet who wait for it, and what
 * it says about facts. Nothing, where no definition waits for it or needs a fact that is known from it.
 *
 * What cannot be told of the event comes back as an error, and the rest is said nevertheless.
 *
 * @throws MalformedRecordError when it is no event.
 */
export function eventRecords(
  coordination: GateCoordination,
  type: string,
  record: InboundRecord,
): readonly (OutgoingRecord | MalformedRecordError)[] {
  const { definitions, maxValueBytes, fieldKeys } = coordination;
  const loaded = definitions.awaitedEvent(type);
  const awaited = loaded === undefined || record.timestamp < loaded.since ? undefined : loaded;
  const facts = definitions.factsFrom(type);
  if (awaited === undefined && facts.length === 0) return [];
  assertValueFits(record, maxValueBytes);
  const event = readPlainEvent(record, fieldKeys);
  const said = facts.map((fact) => attempt(coordination, () => factRecord(fact, event, record)));
  return awaited === undefined
    ? said
    : [attempt(coordination, () => arrival(awaited, event, record)), ...said];
}

function attempt(
  coordination: GateCoordination,
  say: () => SignedRecord,
): OutgoingRecord | MalformedRecordError {
  try {
    return outgoing(coordination, say());
  } catch (error) {
    if (error instanceof MalformedRecordError) return error;
    throw error;
  }
}

function arrival(awaited: LoadedEvent, event: DomainEvent, record: InboundRecord): SignedRecord {
  const message: EventMessage = {
    kind: 'event',
    event: attributesOf(event),
    data: event.data,
    keepMs: awaited.earlyMs,
  };
  const key = rendezvousKey(event.type, keyOf(awaited.key, event, record));
  return deskRecord('rendezvous', key, message as unknown as Json);
}

/** What an event is about: by its owner's contract, or by the key of its record. */
function keyOf(expression: Expression | undefined, event: DomainEvent, record: InboundRecord): Json {
  const key =
    expression === undefined ? (record.key?.toString('utf8') ?? null) : evaluated(expression, event);
  if (key !== null && key !== '') return key;
  throw new MalformedRecordError(
    'missing-key',
    `the event ${event.type} has no key, so nobody can have waited for it`,
  );
}

/** What an event is about by its owner's contract; `undefined` where it does not say. */
export function eventKeyOf(expression: Expression, event: DomainEvent): Json | undefined {
  try {
    return evaluated(expression, event);
  } catch {
    return undefined;
  }
}

function evaluated(expression: Expression, event: DomainEvent): Json {
  try {
    return expression(valuesOfEvent(event));
  } catch (error) {
    const message = `the key of event ${event.type} cannot be computed: ${(error as Error).message}`;
    throw new MalformedRecordError('missing-key', message);
  }
}

function outgoing({ installation, keyring }: GateCoordination, record: SignedRecord): OutgoingRecord {
  const part = homeOf(record.saga, installation.homePartitions);
  return { topic: installation.homeTopic, part, ...writeHomeRecord(keyring, record) };
}
