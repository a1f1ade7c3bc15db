import {
  homeOf,
  MalformedRecordError,
  readDomainEvent,
  writeHomeRecord,
  type DomainEvent,
  type InboundRecord,
  type Json,
  type OutgoingRecord,
  type SignedRecord,
} from '#libs/messaging';
import type { Expression, Values } from '#libs/saga';
import type { GateCoordination } from '../gate-coordination.js';
import { assertValueFits } from '../value-size.js';
import { deskRecord } from './desk-folding.js';
import { rendezvousKey } from './outside.js';
import type { EventMessage } from './rendezvous.js';

/**
 * What has to be said to desks about an event of this type: that it came, to where those meet who wait for it.
 * Nothing, where no definition waits for it.
 *
 * @throws MalformedRecordError when nobody can tell what the event is about.
 */
export function eventRecords(
  coordination: GateCoordination,
  type: string,
  record: InboundRecord,
): readonly OutgoingRecord[] {
  const awaited = coordination.definitions.awaitedEvent(type);
  if (awaited === undefined || record.timestamp < awaited.since) return [];
  assertValueFits(record, coordination.maxValueBytes);
  const event = readDomainEvent(record);
  const message: EventMessage = {
    kind: 'event',
    event: attributesOf(event),
    data: event.data,
    keepMs: awaited.earlyMs,
  };
  const key = rendezvousKey(type, keyOf(awaited.key, event, record));
  return [outgoing(coordination, deskRecord('rendezvous', key, message as unknown as Json))];
}

/** The attributes of an event as expressions and sagas see them. */
function attributesOf({ id, source, type, at }: DomainEvent): EventMessage['event'] {
  return { id, source, type, time: new Date(at).toISOString() };
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

function evaluated(expression: Expression, event: DomainEvent): Json {
  try {
    return expression(valuesOf(event));
  } catch (error) {
    const message = `the key of event ${event.type} cannot be computed: ${(error as Error).message}`;
    throw new MalformedRecordError('missing-key', message);
  }
}

/** All that expressions of an event's contract see. */
function valuesOf(event: DomainEvent): Values {
  return {
    input: null,
    steps: {},
    saga: { id: '', key: '', definition: '', version: 0, startedAt: event.at, hops: event.hops },
    toggles: {},
    now: event.at,
    data: event.data,
    event: { ...attributesOf(event) },
  };
}

function outgoing({ installation, keyring }: GateCoordination, record: SignedRecord): OutgoingRecord {
  const part = homeOf(record.saga, installation.homePartitions);
  return { topic: installation.homeTopic, part, ...writeHomeRecord(keyring, record) };
}
