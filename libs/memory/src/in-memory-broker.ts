import {
  partitionName,
  type Clock,
  type Offset,
  type OutgoingRecord,
  type TopicPartition,
} from '#libs/messaging';
import { InMemoryGroup } from './in-memory-group.js';
import { InMemoryLog } from './in-memory-log.js';

/** How a topic of an {@link InMemoryBroker} differs from the default. */
export interface InMemoryTopicOptions {
  /** Default 1. */
  readonly partitions?: number;
  /** Largest key and value of a record together, in bytes. Default 1,048,576. */
  readonly maxRecordBytes?: number;
}

/** What became of a record. */
export type AppendResult =
  | { readonly kind: 'stored'; readonly end: Offset }
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'no-such-partition' }
  | { readonly kind: 'too-large' };

interface Topic {
  readonly logs: readonly InMemoryLog[];
  readonly maxRecordBytes: number;
}

/**
 * A broker in memory: topics with partitions, log append time, consumer groups that share partitions out.
 *
 * Deterministic: whatever takes time goes through the clock, in the order of the calls. Nothing outlives the object.
 */
export class InMemoryBroker {
  private readonly topics = new Map<string, Topic>();
  private readonly groups = new Map<string, InMemoryGroup>();
  private readonly stopListeners = new Set<(error: Error) => void>();

  constructor(readonly clock: Clock) {}

  /** Makes a topic; one that exists stays as it is. */
  createTopic(name: string, options: InMemoryTopicOptions = {}): void {
    if (this.topics.has(name)) return;
    const logs = Array.from(
      { length: options.partitions ?? 1 },
      (_, part) => new InMemoryLog({ topic: name, part }),
    );
    this.topics.set(name, { logs, maxRecordBytes: options.maxRecordBytes ?? 1_048_576 });
    this.rebalanceAll();
  }

  /** Forgets a topic with its records. Committed offsets stay, as they do in Kafka for a while. */
  deleteTopic(name: string): void {
    this.topics.delete(name);
    this.rebalanceAll();
  }

  partitions(topic: string): number | undefined {
    return this.topics.get(topic)?.logs.length;
  }

  log({ topic, part }: TopicPartition): InMemoryLog | undefined {
    return this.topics.get(topic)?.logs[part];
  }

  /** Stores a record with the present time, or says why not. */
  append(record: OutgoingRecord): AppendResult {
    const log = this.log(record);
    if (log === undefined) return { kind: 'no-such-partition' };
    const bytes = Buffer.byteLength(record.key) + Buffer.byteLength(record.value ?? '');
    if (bytes > this.topics.get(record.topic)!.maxRecordBytes) return { kind: 'too-large' };
    if (!log.isWritable) return { kind: 'unavailable' };
    return { kind: 'stored', end: log.append(record, this.clock.now()) };
  }

  group(name: string): InMemoryGroup {
    let group = this.groups.get(name);
    if (group === undefined) {
      group = new InMemoryGroup(this.clock, (topic) => this.partitions(topic) ?? 0);
      this.groups.set(name, group);
    }
    return group;
  }

  /** Committed offset of a group, or `undefined` when there is none. */
  committed(group: string, at: TopicPartition): Offset | undefined {
    return this.groups.get(group)?.committed.get(partitionName(at));
  }

  /** Ends for good: every source says `fatal`. */
  shutDown(error: Error): void {
    for (const listener of [...this.stopListeners]) listener(error);
  }

  /** Calls `listener` when the broker ends, until the returned function is called. */
  onShutDown(listener: (error: Error) => void): () => void {
    this.stopListeners.add(listener);
    return () => this.stopListeners.delete(listener);
  }

  private rebalanceAll(): void {
    for (const group of this.groups.values()) group.planRebalance();
  }
}
