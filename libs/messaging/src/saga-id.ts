import { hash16, uuidText } from './bytes.js';
import type { Instant } from './clock.js';

declare const sagaIdBrand: unique symbol;

/** Identity of a saga instance and correlation id of every message about it: a uuid in lower case. */
export type SagaId = string & { readonly [sagaIdBrand]?: true };

/** What a saga id is derived from. The same event always gives the same id. */
export interface SagaIdentity {
  readonly installation: string;
  readonly definition: string;
  readonly businessKey: string;
  /** `ce_source` and `ce_id` of the event that starts the saga. */
  readonly source: string;
  readonly eventId: string;
  /** Time of the start event, `ce_time`. */
  readonly at: Instant;
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * The id of the saga that `identity` starts, in uuid version 7 layout (RFC 9562): 48 bits of time, 12 bits of the hash
 * of (definition, business key), then a hash of everything. Sorting by id sorts by start time; the 12 bits name the home.
 */
export function deriveSagaId(identity: SagaIdentity): SagaId {
  const key = keyHash(identity.definition, identity.businessKey);
  const bytes = hash16(
    identity.installation,
    identity.definition,
    identity.businessKey,
    identity.source,
    identity.eventId,
  );
  bytes.writeUIntBE(identity.at, 0, 6);
  bytes.writeUInt16BE(0x7000 | (key.readUInt16BE(0) & 0x0fff), 6);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return uuidText(bytes);
}

/** 16 bytes that stand for a business key of a definition: what is unique among live sagas. */
export function keyHash(definition: string, businessKey: string): Buffer {
  return hash16(definition, businessKey);
}

/** Whether `text` has the form of a saga id. */
export function isSagaId(text: string): text is SagaId {
  return uuidPattern.test(text);
}

/** The home partition of a saga: its 12 key bits modulo the number of home partitions fixed at installation. */
export function homeOf(saga: SagaId, homePartitions: number): number {
  return Number.parseInt(saga.slice(15, 18), 16) % homePartitions;
}

/** The instant a saga id carries: when its start event happened. */
export function startOf(saga: SagaId): Instant {
  return Number.parseInt(saga.slice(0, 8) + saga.slice(9, 13), 16);
}

/** No saga that began at `at` or later has a smaller id, and none that began before has a greater one. */
export function earliestSagaId(at: Instant): SagaId {
  const time = at.toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-000000000000`;
}
