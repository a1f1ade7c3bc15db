import type { InboundRecord, Offset, TopicPartition } from './record.js';

/**
 * What one fetch returned for one partition.
 *
 * `from` is the offset the fetch asked for and `next` the one the following fetch will ask for. Gaps between the
 * records inside are normal (compaction, aborted transactions, markers); between batches `from` equals the last `next`.
 */
export interface RecordBatch extends TopicPartition {
  readonly from: Offset;
  readonly next: Offset;
  /** The offset behind the last record of the partition when the batch was read: `end - next` records are still to come. */
  readonly end: Offset;
  readonly records: readonly InboundRecord[];
}

/** What a source tells its reader. No handler may throw or block: handlers enqueue and return. */
export interface SourceHandlers {
  /** The partitions are ours, and paused. The reader seeks (or does not) and resumes each when it is ready. */
  assigned(partitions: readonly TopicPartition[]): void;
  /** The partitions are no longer ours. Nothing more of them is delivered until they are assigned again. */
  revoked(partitions: readonly TopicPartition[]): void;
  /** Records, in order. */
  batch(batch: RecordBatch): void;
  /** A fetch that held only filtered records moved the position from `from` to `next`. */
  progress(at: TopicPartition, from: Offset, next: Offset): void;
  /**
   * There is nothing at `expected`, where reading should go on: the topic was recreated, the log truncated, or retention
   * has passed. The partition is paused and nothing of it is delivered until the reader seeks and resumes. A reader
   * without this handler has the partition revoked and assigned again.
   */
  lost?(at: TopicPartition, expected: Offset): void;
  /** The source has stopped for good and could not rebuild itself; the process should end. */
  fatal(error: Error): void;
}

/** Where a partition begins and ends at present: `start` is the oldest offset kept, `end` the next one to be written. */
export interface PartitionEdges {
  readonly start: Offset;
  readonly end: Offset;
}

/**
 * Reads partitions of topics as one member of a consumer group.
 *
 * Guarantees: an assigned partition is paused until `resume`; batches of a partition arrive in order and follow each
 * other without a hole unless the reader seeks; after `revoked` or `stop` nothing more of the partition arrives; a
 * consumer that dies or stalls inside is rebuilt (its partitions are revoked and assigned again) before `fatal` is said;
 * so is a partition that was away, for it may have come back as another one. Positions are the reader's business: nothing is committed to the group except by `hint`.
 */
export abstract class EventSource {
  /** Name of the group. */
  abstract readonly group: string;

  /** Joins the group. Resolves when the group has been joined for the first time. */
  abstract start(handlers: SourceHandlers): Promise<void>;

  /** Leaves the group. Safe twice and before `start`; partitions are revoked first. */
  abstract stop(): Promise<void>;

  /** The next batch of the partition starts at `offset`; what was fetched before is dropped. */
  abstract seek(at: TopicPartition, offset: Offset): void;

  /** Stops delivery of the partition until `resume`. What is already on its way may still arrive. */
  abstract pause(at: TopicPartition): void;

  /** Starts or continues delivery from the sought position, else from the committed one, else from the beginning. */
  abstract resume(at: TopicPartition): void;

  /**
   * Writes `next` as the group's committed offset: for lanes a hint for lag dashboards, for participants the position
   * of record. Resolves when the broker has it; rejects when it does not, also because the partition is not ours.
   */
  abstract hint(at: TopicPartition, next: Offset): Promise<void>;

  /** The group's committed offset, or `undefined` when there is none. */
  abstract hinted(at: TopicPartition): Promise<Offset | undefined>;

  /** Present edges of the partition. */
  abstract edges(at: TopicPartition): Promise<PartitionEdges>;

  /** The record at the first offset at or behind `offset`, or `undefined` at the end. For comparing an anchor. */
  abstract peek(at: TopicPartition, offset: Offset): Promise<InboundRecord | undefined>;
}
