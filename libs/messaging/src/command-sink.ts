import type { OutgoingRecord } from './record.js';

/** What became of one record of a `publish` call. */
export type PublishOutcome =
  | {
      readonly kind: 'acknowledged';
      /** The offset behind the partition's last known record, where the broker told it. */
      readonly end?: number;
    }
  /** Not known to be stored; sending it again may repeat it, and must be done. */
  | { readonly kind: 'unsent'; readonly reason: string }
  /** The broker refuses it for good (too large, no such topic, not authorised, invalid); sending it again is useless. */
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly reason: string };

/** Why a record can never be sent as it is. */
export type RefusalCode = 'too-large' | 'no-such-topic' | 'not-authorised' | 'invalid';

/**
 * Sends records to partitions.
 *
 * Guarantees: records to one partition are stored in the order given, also over several calls in turn; `acknowledged`
 * is said only of a record whose own partition was confirmed by all in-sync replicas; one record the broker refuses
 * does not keep the others from being sent; `publish` never throws for a single record's fate, and never stays silent:
 * every record has an outcome, at the record's index.
 */
export abstract class CommandSink {
  abstract start(): Promise<void>;

  /** Lets the calls under way end, then closes. Safe twice and before `start`. */
  abstract stop(): Promise<void>;

  /** Sends `records`; calls are carried out one after the other in the order of the calls. */
  abstract publish(records: readonly OutgoingRecord[]): Promise<readonly PublishOutcome[]>;

  /** Number of partitions of `topic`, or `undefined` when there is no such topic. Cached for a while, so it may be called for every record. */
  abstract partitions(topic: string): Promise<number | undefined>;

  /** The cached answer of {@link partitions}, or `undefined` when it is not known yet. */
  abstract knownPartitions(topic: string): number | undefined;
}
