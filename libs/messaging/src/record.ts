import type { Instant } from './clock.js';

/** One partition of one topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly part: number;
}

/** A position in a partition. Kafka offsets fit a double until 2^53. */
export type Offset = number;

/** Headers as they arrived: bytes, because foreign producers put anything there. Of a repeated name the last one counts. */
export type HeaderBytes = Readonly<Record<string, Buffer>>;

/** Headers as we send them. */
export type HeaderTexts = Readonly<Record<string, string>>;

/** A record as it was read, with the bytes untouched so that it can be parked as it came. */
export interface InboundRecord {
  readonly topic: string;
  readonly part: number;
  readonly offset: Offset;
  /** Broker time where the topic stamps LogAppendTime (home topics do), else the producer's. */
  readonly timestamp: Instant;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: HeaderBytes;
}

/** A record to be sent. The partition is always chosen by us: drivers' partitioners differ. */
export interface OutgoingRecord {
  readonly topic: string;
  readonly part: number;
  readonly key: string;
  readonly value: string | null;
  readonly headers: HeaderTexts;
}

/** Text that identifies a partition in maps and logs: `topic/part`. */
export function partitionName(at: TopicPartition): string {
  return `${at.topic}/${at.part}`;
}

/** A header as text, or `undefined` when it is absent. Bytes that are not UTF-8 become U+FFFD, never an error. */
export function headerText(headers: HeaderBytes, name: string): string | undefined {
  return headers[name]?.toString('utf8');
}
