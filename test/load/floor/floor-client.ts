import type { InboundRecord, OutgoingRecord } from '#libs/messaging';

/** As much of a record as a relay looks at. */
export type RelayedRecord = Pick<InboundRecord, 'topic' | 'key' | 'headers'>;

/** What a relay needs of a Kafka client. */
export interface FloorClient {
  /** Number of partitions of a topic. */
  partitions(topic: string): Promise<number>;
  /** Gives a producer; several calls of it may be under way. */
  producer(): Promise<(records: readonly OutgoingRecord[]) => void>;
  /** Reads a topic from its beginning in a group of its own. */
  read(topic: string, onRecords: (records: readonly RelayedRecord[]) => void): Promise<void>;
}
