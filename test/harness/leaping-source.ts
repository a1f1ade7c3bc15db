import type { EventSource, InboundRecord, Offset, SourceHandlers, TopicPartition } from '#libs/messaging';
import type { LeapingTime } from './leaping-time.js';
import { SourceAround } from './source-around.js';

/** A source whose broker stamps records by a time with leaps. */
export class LeapingSource extends SourceAround {
  constructor(
    source: EventSource,
    private readonly time: LeapingTime,
  ) {
    super(source);
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

  override async peek(at: TopicPartition, offset: Offset): Promise<InboundRecord | undefined> {
    const record = await this.source.peek(at, offset);
    return record && this.moved(record);
  }

  private moved(record: InboundRecord): InboundRecord {
    return { ...record, timestamp: this.time.moved(record.timestamp) };
  }
}
