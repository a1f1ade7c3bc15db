import type { EventSource, InboundRecord, RecordBatch, SourceHandlers } from '#libs/messaging';
import { SourceAround } from './source-around.js';

/** Decides about records before they are delivered: answers those that are. */
export type Sieve = (records: readonly InboundRecord[]) => Promise<readonly InboundRecord[]>;

/** A source of which some records never arrive. */
export class SievedSource extends SourceAround {
  /** Everything is delivered in the order it came, however long the sieve takes. */
  private delivered: Promise<void> = Promise.resolve();

  constructor(
    source: EventSource,
    private readonly sieve: Sieve,
  ) {
    super(source);
  }

  override start(handlers: SourceHandlers): Promise<void> {
    const then = (deliver: () => Promise<void> | void): void => {
      this.delivered = this.delivered.then(deliver).catch((error: unknown) => handlers.fatal(error as Error));
    };
    return this.source.start({
      ...handlers,
      assigned: (partitions) => then(() => handlers.assigned(partitions)),
      revoked: (partitions) => then(() => handlers.revoked(partitions)),
      batch: (batch) => then(async () => handlers.batch(await this.sieved(batch))),
      progress: (at, from, next) => then(() => handlers.progress(at, from, next)),
    });
  }

  override async stop(): Promise<void> {
    await this.source.stop();
    await this.delivered;
  }

  private async sieved(batch: RecordBatch): Promise<RecordBatch> {
    return { ...batch, records: await this.sieve(batch.records) };
  }
}
