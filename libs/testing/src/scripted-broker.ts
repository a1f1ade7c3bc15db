import {
  CommandSink,
  EventSource,
  partitionName,
  type HeaderTexts,
  type InboundRecord,
  type Offset,
  type OutgoingRecord,
  type PartitionEdges,
  type PublishOutcome,
  type SourceHandlers,
  type TopicPartition,
} from '#libs/messaging';

/** A source that delivers what a test hands it, and remembers what was asked of it. */
export class ScriptedSource extends EventSource {
  readonly group = 'scripted';
  readonly hints: { readonly part: number; readonly next: Offset }[] = [];
  readonly paused = new Set<string>();
  isStopped = false;
  private handlers: SourceHandlers | undefined;
  private readonly ends = new Map<string, Offset>();

  constructor(private readonly partitions: readonly TopicPartition[]) {
    super();
  }

  override start(handlers: SourceHandlers): Promise<void> {
    this.handlers = handlers;
    handlers.assigned(this.partitions);
    return Promise.resolve();
  }

  override stop(): Promise<void> {
    this.isStopped = true;
    return Promise.resolve();
  }

  /** Delivers one batch; offsets follow each other. `markers` stand behind it as transaction markers do. */
  deliver(at: TopicPartition, messages: readonly ScriptedMessage[], markers = 0): void {
    const from = this.ends.get(partitionName(at)) ?? 0;
    const records = messages.map((message, index): InboundRecord => recordOf(at, from + index, message));
    const next = from + records.length + markers;
    this.ends.set(partitionName(at), next);
    this.handlers?.batch({ ...at, from, next, end: next, records });
  }

  revoke(partitions: readonly TopicPartition[]): void {
    this.handlers?.revoked(partitions);
  }

  override seek(): void {
    throw new Error('a participant does not seek');
  }

  override pause(at: TopicPartition): void {
    this.paused.add(partitionName(at));
  }

  override resume(at: TopicPartition): void {
    this.paused.delete(partitionName(at));
  }

  override hint(at: TopicPartition, next: Offset): Promise<void> {
    this.hints.push({ part: at.part, next });
    return Promise.resolve();
  }

  override hinted(): Promise<Offset | undefined> {
    return Promise.resolve(undefined);
  }

  override edges(at: TopicPartition): Promise<PartitionEdges> {
    return Promise.resolve({ start: 0, end: this.ends.get(partitionName(at)) ?? 0 });
  }

  override peek(): Promise<InboundRecord | undefined> {
    return Promise.resolve(undefined);
  }
}

/** A record as a test writes it. */
export interface ScriptedMessage {
  readonly key?: string | null;
  readonly value: string | null;
  readonly headers: HeaderTexts;
}

/** A sink that keeps what it is given and answers as a test says. */
export class ScriptedSink extends CommandSink {
  readonly sent: OutgoingRecord[] = [];
  /** Says the fate of a record; by default it is acknowledged. */
  fate: (record: OutgoingRecord) => PublishOutcome | Promise<PublishOutcome> = () => ({
    kind: 'acknowledged',
  });

  override start(): Promise<void> {
    return Promise.resolve();
  }

  override stop(): Promise<void> {
    return Promise.resolve();
  }

  override async publish(records: readonly OutgoingRecord[]): Promise<readonly PublishOutcome[]> {
    const outcomes: PublishOutcome[] = [];
    for (const record of records) {
      const outcome = await this.fate(record);
      if (outcome.kind === 'acknowledged') this.sent.push(record);
      outcomes.push(outcome);
    }
    return outcomes;
  }

  override partitions(): Promise<number | undefined> {
    return Promise.resolve(12);
  }

  override knownPartitions(): number | undefined {
    return 12;
  }
}

function recordOf(at: TopicPartition, offset: Offset, message: ScriptedMessage): InboundRecord {
  const headers = Object.entries(message.headers).map(([name, text]) => [name, Buffer.from(text)]);
  return {
    ...at,
    offset,
    timestamp: 0,
    key: message.key === undefined || message.key === null ? null : Buffer.from(message.key),
    value: message.value === null ? null : Buffer.from(message.value),
    headers: Object.fromEntries(headers) as Record<string, Buffer>,
  };
}
