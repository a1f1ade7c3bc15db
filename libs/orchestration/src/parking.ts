import type { InboundRecord, SagaId } from '#libs/messaging';
import type { ParkedRow } from './lane-store.js';

/** Why and how a record is parked. */
export interface Parking {
  readonly reason: string;
  readonly message: string;
  /** It holds its saga, or waits behind one that does. */
  readonly held: boolean;
  readonly saga?: SagaId;
}

/** The row that keeps a record with its bytes. */
export function parkedRow(record: InboundRecord, parking: Parking): ParkedRow {
  const { topic, part, offset, timestamp, key, value, headers } = record;
  const message = parking.message.replaceAll('\0', '\u2400').slice(0, 2_000);
  return { topic, part, offset, timestamp, key, value, headers, ...parking, message };
}

/** The record a row was made of. */
export function parkedRecord(row: ParkedRow): InboundRecord {
  const { topic, part, offset, timestamp, key, value, headers } = row;
  return { topic, part, offset, timestamp, key, value, headers };
}
