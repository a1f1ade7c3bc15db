import { CommandSink, header, type OutgoingRecord, type PublishOutcome } from '#libs/messaging';

/** Which answers get lost on purpose: the first one to each operation that was named. */
export class ReplyLoss {
  private readonly next = new Set<string>();
  private readonly lost = new Set<string>();

  /** The next answer to `operation` is lost, once. */
  loseNext(operation: string): void {
    if (!this.lost.has(operation)) this.next.add(operation);
  }

  /** Whether this record is the one to lose. */
  takes(record: OutgoingRecord): boolean {
    const operation = record.headers[header.operation] ?? '';
    if (!this.next.delete(operation)) return false;
    this.lost.add(operation);
    return true;
  }
}

/** A sink that says of lost answers that they were sent. */
export class LosingSink extends CommandSink {
  constructor(
    private readonly sink: CommandSink,
    private readonly loss: ReplyLoss,
  ) {
    super();
  }

  override start(): Promise<void> {
    return this.sink.start();
  }

  override stop(): Promise<void> {
    return this.sink.stop();
  }

  override async publish(records: readonly OutgoingRecord[]): Promise<readonly PublishOutcome[]> {
    const kept = records.filter((record) => !this.loss.takes(record));
    if (kept.length === records.length) return this.sink.publish(records);
    const outcomes = kept.length === 0 ? [] : await this.sink.publish(kept);
    const byRecord = new Map(kept.map((record, index) => [record, outcomes[index]!]));
    return records.map((record) => byRecord.get(record) ?? { kind: 'acknowledged' });
  }

  override partitions(topic: string): Promise<number | undefined> {
    return this.sink.partitions(topic);
  }

  override knownPartitions(topic: string): number | undefined {
    return this.sink.knownPartitions(topic);
  }
}
