import {
  partitionName,
  type Clock,
  type Log,
  type Offset,
  type SourceHandlers,
  type TopicPartition,
} from '#libs/messaging';
import { PartitionReading } from './partition-reading.js';
import type { FetchedPartition, FetchPart } from './wire/fetch-request.js';
import { decodeRecords, type Inflate } from './wire/record-batch-decoder.js';

/** A partition that was asked for, with what has to be still true when the answer comes. */
export interface AskedPart extends FetchPart {
  readonly reading: PartitionReading;
  readonly era: number;
}

/** What the answer for one partition calls for. */
export type ReadingVerdict = 'fine' | 'refresh' | 'wait';

const outOfRange = 1;
const notAuthorised = 29;
/** Leader moved or not there yet, a replica that lags, a topic that is gone or another one: metadata helps. */
const staleMetadata: ReadonlySet<number> = new Set([3, 5, 6, 9, 56, 74, 75, 78, 100, 103]);
/** Before a partition without a place to read from is assigned again. */
const againAfterMs = 1_000;

/** The partitions assigned to us, and the delivery of what is fetched for them. */
export class PartitionReadings {
  private readonly readings = new Map<string, PartitionReading>();
  private member: string | undefined;
  private turn = 0;

  constructor(
    private readonly handlers: SourceHandlers,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly inflate: Inflate,
    private readonly idOf: (topic: string) => string | undefined,
  ) {}

  get(at: TopicPartition): PartitionReading | undefined {
    return this.readings.get(partitionName(at));
  }

  /** True when one that may be fetched has not been asked for as long as that. */
  hasUnasked(afterMs: number): boolean {
    const before = this.clock.elapsed() - afterMs;
    return [...this.readings.values()].some((reading) => !reading.isPaused && reading.askedAt < before);
  }

  /** What we hold, by topic, as the group protocol tells it. */
  held(): Record<string, number[]> {
    const held: Record<string, number[]> = {};
    for (const { at } of this.readings.values()) (held[at.topic] ??= []).push(at.part);
    return held;
  }

  /**
   * Takes over a new assignment: tells what is gone, then what is new. What stays goes on where it is, unless we come
   * back under another member id: then somebody else may have had it in between.
   */
  assign(member: string, partitions: readonly TopicPartition[]): void {
    if (this.member !== undefined && this.member !== member) this.revokeAll();
    this.member = member;
    const names = new Set(partitions.map(partitionName));
    this.revoke([...this.readings.values()].filter(({ at }) => !names.has(partitionName(at))));
    this.add(partitions.filter((at) => !this.readings.has(partitionName(at))));
  }

  revokeAll(): void {
    this.member = undefined;
    this.revoke([...this.readings.values()]);
  }

  /** Has the reader begin anew with the partitions of topics that were made anew. */
  reassignRemade(): void {
    for (const reading of [...this.readings.values()]) {
      const id = this.idOf(reading.at.topic);
      if (id !== undefined && id !== reading.topicId) this.reassign(reading);
    }
  }

  /** Has the reader begin anew with a partition of which we cannot say that it is still the same. */
  reassign(reading: PartitionReading): void {
    if (this.get(reading.at) !== reading) return;
    this.revoke([reading]);
    this.add([reading.at]);
  }

  /** Those of `wanted` that may be fetched now and have a position, beginning with another one each time. */
  asked(
    wanted: readonly TopicPartition[],
    locate: (reading: PartitionReading) => void,
  ): readonly AskedPart[] {
    const asked: AskedPart[] = [];
    this.turn += 1;
    for (let index = 0; index < wanted.length; index += 1) {
      const reading = this.get(wanted[(index + this.turn) % wanted.length]!);
      if (reading === undefined || reading.isPaused || reading.topicId === '') continue;
      reading.askedAt = this.clock.elapsed();
      if (reading.position === undefined) locate(reading);
      else
        asked.push({
          topicId: reading.topicId,
          part: reading.at.part,
          from: reading.position,
          reading,
          era: reading.era,
        });
    }
    return asked;
  }

  /** Delivers what was fetched for a partition, unless something has happened to it meanwhile. */
  async deliver(part: AskedPart, fetched: FetchedPartition): Promise<ReadingVerdict> {
    if (!this.isCurrent(part)) return 'fine';
    if (fetched.errorCode !== 0) return this.judge(part, fetched.errorCode);
    if (fetched.bytes.length === 0) return 'fine';
    const { records, next } = await decodeRecords(
      { ...part.reading.at, ...fetched, from: part.from },
      this.inflate,
    );
    if (!this.isCurrent(part) || next === part.from) return 'fine';
    part.reading.position = next;
    if (records.length === 0) this.handlers.progress(part.reading.at, part.from, next);
    else {
      const { topic, part: number } = part.reading.at;
      this.handlers.batch({
        topic,
        part: number,
        from: part.from,
        next,
        end: Math.max(fetched.highWatermark, next),
        records,
      });
    }
    return 'fine';
  }

  private isCurrent({ reading, era, from }: AskedPart): boolean {
    return this.get(reading.at) === reading && reading.era === era && reading.position === from;
  }

  private judge(part: AskedPart, errorCode: number): ReadingVerdict {
    const { reading, from } = part;
    if (errorCode === outOfRange) {
      this.lose(reading, from);
      return 'fine';
    }
    if (errorCode === notAuthorised) {
      throw Object.assign(new Error(`no permission to read ${reading.at.topic}`), {
        type: 'TOPIC_AUTHORIZATION_FAILED',
        topic: reading.at.topic,
      });
    }
    if (staleMetadata.has(errorCode)) return 'refresh';
    this.log.warn('a partition cannot be fetched', { partition: partitionName(reading.at), errorCode });
    return 'wait';
  }

  /** There is nothing at the position: recreated, truncated, or retention has passed it. */
  private lose(reading: PartitionReading, expected: Offset): void {
    this.log.error('a partition does not reach to where reading should go on', {
      partition: partitionName(reading.at),
      expected,
    });
    reading.halt();
    if (this.handlers.lost !== undefined) this.handlers.lost(reading.at, expected);
    else this.clock.after(againAfterMs, () => this.reassign(reading));
  }

  private revoke(readings: readonly PartitionReading[]): void {
    if (readings.length === 0) return;
    for (const reading of readings) {
      reading.halt();
      this.readings.delete(partitionName(reading.at));
    }
    this.handlers.revoked(readings.map(({ at }) => at));
  }

  private add(partitions: readonly TopicPartition[]): void {
    if (partitions.length === 0) return;
    const now = this.clock.elapsed();
    for (const at of partitions) {
      this.readings.set(partitionName(at), new PartitionReading(at, this.idOf(at.topic) ?? '', now));
    }
    this.handlers.assigned(partitions);
  }
}
