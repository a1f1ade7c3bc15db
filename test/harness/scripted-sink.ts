import {
  CommandSink,
  header,
  waitFor,
  type Clock,
  type OutgoingRecord,
  type PublishOutcome,
} from '#libs/messaging';

/** What becomes of one answer on its way. */
export type ReplyFate = { readonly kind: 'lost' } | { readonly kind: 'late'; readonly ms: number };

const sent: PublishOutcome = { kind: 'acknowledged' };

/** A sink that says of every answer that it was sent, and loses or delays those it was told to. */
export class ScriptedSink extends CommandSink {
  /** By the id of the command that is answered; each fate is for one answer. */
  private readonly fates = new Map<string, ReplyFate[]>();
  private isStopped = false;

  constructor(
    private readonly sink: CommandSink,
    private readonly clock: Clock,
  ) {
    super();
  }

  /** The next answer to the command with this id has this fate. */
  plan(commandId: string, fate: ReplyFate): void {
    const planned = this.fates.get(commandId) ?? [];
    planned.push(fate);
    this.fates.set(commandId, planned);
  }

  override start(): Promise<void> {
    return this.sink.start();
  }

  /** What is delayed at that time is lost. */
  override async stop(): Promise<void> {
    this.isStopped = true;
    await this.sink.stop();
  }

  override async publish(records: readonly OutgoingRecord[]): Promise<readonly PublishOutcome[]> {
    const now = records.filter((record) => !this.divert(record));
    const outcomes = now.length === 0 ? [] : await this.sink.publish(now);
    const byRecord = new Map(now.map((record, index) => [record, outcomes[index]!]));
    return records.map((record) => byRecord.get(record) ?? sent);
  }

  override partitions(topic: string): Promise<number | undefined> {
    return this.sink.partitions(topic);
  }

  override knownPartitions(topic: string): number | undefined {
    return this.sink.knownPartitions(topic);
  }

  private divert(record: OutgoingRecord): boolean {
    const fate = this.fates.get(record.headers[header.causation] ?? '')?.shift();
    if (fate?.kind === 'late') this.sendLater(record, fate.ms);
    return fate !== undefined;
  }

  private sendLater(record: OutgoingRecord, ms: number): void {
    void waitFor(this.clock, ms).then(async () => {
      if (!this.isStopped) await this.sink.publish([record]);
    });
  }
}
