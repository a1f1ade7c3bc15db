import {
  EventSource,
  type InboundRecord,
  type Offset,
  type PartitionEdges,
  type RecordBatch,
  type SourceHandlers,
  type TopicPartition,
} from '#libs/messaging';

/** Decides about records before they are delivered: answers those that are. */
export type Sieve = (records: readonly InboundRecord[]) => Promise<readonly InboundRecord[]>;

/** A source of which some records never arrive. */
export class ScriptedSource extends EventSource {
  /** Everything is delivered in the order it came, however long the sieve takes. */
  private delivered: Promise<void> = Promise.resolve();

  constructor(
    private readonly source: EventSource,
    private readonly sieve: Sieve,
  ) {
    super();
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

  override peek(at: TopicPartition, offset: Offset): Promise<InboundRecord | undefined> {
    return this.source.peek(at, offset);
  }

  private async sieved(batch: RecordBatch): Promise<RecordBatch> {
    return { ...batch, records: await this.sieve(batch.records) };
  }
}
