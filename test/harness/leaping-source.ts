import {
  EventSource,
  type InboundRecord,
  type Offset,
  type PartitionEdges,
  type SourceHandlers,
  type TopicPartition,
} from '#libs/messaging';
import type { LeapingTime } from './leaping-time.js';

/** A source whose broker stamps records by a time with leaps. */
export class LeapingSource extends EventSource {
  constructor(
    private readonly source: EventSource,
    private readonly time: LeapingTime,
  ) {
    super();
  }

  override start(handlers: SourceHandlers): Promise<void> {
    return this.source.start({
      assigned: (partitions) => handlers.assigned(partitions),
      revoked: (partitions) => handlers.revoked(partitions),
      batch: (batch) =>
        handlers.batch({ ...batch, records: batch.records.map((record) => this.moved(record)) }),
      progress: (at, from, next) => handlers.progress(at, from, next),
      fatal: (error) => handlers.fatal(error),
      ...(handlers.lost === undefined ? {} : { lost: handlers.lost.bind(handlers) }),
    });
  }

  override stop(): Promise<void> {
    return this.source.stop();
  }

  override seek(at: TopicPartition, offset: Offset): void {
    this.source.seek(at, offset);
  }

  override pause(at: TopicPartition): void {
    this.source.pause(at);
  }

  override resume(at: TopicPartition): void {
    this.source.resume(at);
  }

  override hint(at: TopicPartition, next: Offset): Promise<void> {
    return this.source.hint(at, next);
  }

  override hinted(at: TopicPartition): Promise<Offset | undefined> {
    return this.source.hinted(at);
  }

  override edges(at: TopicPartition): Promise<PartitionEdges> {
    return this.source.edges(at);
  }

  override async peek(at: TopicPartition, offset: Offset): Promise<InboundRecord | undefined> {
    const record = await this.source.peek(at, offset);
    return record && this.moved(record);
  }

  private moved(record: InboundRecord): InboundRecord {
    return { ...record, timestamp: this.time.moved(record.timestamp) };
  }
}
