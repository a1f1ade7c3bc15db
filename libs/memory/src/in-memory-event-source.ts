import {
  EventSource,
  partitionName,
  SagaError,
  type CancelTimer,
  type InboundRecord,
  type Offset,
  type PartitionEdges,
  type SourceHandlers,
  type TopicPartition,
} from '#libs/messaging';
import type { InMemoryBroker } from './in-memory-broker.js';
import type { GroupMember, InMemoryGroup } from './in-memory-group.js';
import type { InMemoryLog } from './in-memory-log.js';

/** What an {@link InMemoryEventSource} reads. */
export interface InMemorySourceSettings {
  readonly group: string;
  readonly topics: readonly string[];
  /** Most records of a batch. Default 500. */
  readonly batchRecords?: number;
}

/** A source was asked about a partition that is not there or not its own. */
export class InMemoryPartitionError extends SagaError {
  override readonly code = 'PARTITION_NOT_ASSIGNED';
  override readonly retryable = false;
}

interface Reading {
  readonly at: TopicPartition;
  readonly log: InMemoryLog;
  readonly forget: () => void;
  position: Offset | undefined;
  isPaused: boolean;
  planned: CancelTimer | undefined;
}

/** Reads topics of an {@link InMemoryBroker} as one member of a group. Each batch comes in a turn of the clock of its own. */
export class InMemoryEventSource extends EventSource implements GroupMember {
  readonly group: string;
  readonly topics: readonly string[];
  private readonly members: InMemoryGroup;
  private readonly readings = new Map<string, Reading>();
  private readonly batchRecords: number;
  private handlers: SourceHandlers | undefined;
  private tellStarted: (() => void) | undefined;
  private forgetBroker: (() => void) | undefined;
  private state: 'new' | 'running' | 'stopped' = 'new';

  constructor(
    private readonly broker: InMemoryBroker,
    settings: InMemorySourceSettings,
  ) {
    super();
    this.topics = settings.topics;
    this.group = settings.group;
    this.members = broker.group(settings.group);
    this.batchRecords = settings.batchRecords ?? 500;
  }

  override async start(handlers: SourceHandlers): Promise<void> {
    if (this.state !== 'new') return;
    this.state = 'running';
    this.handlers = handlers;
    this.forgetBroker = this.broker.onShutDown((error) => this.fail(error));
    await new Promise<void>((resolve) => {
      this.tellStarted = resolve;
      this.members.join(this);
    });
  }

  override async stop(): Promise<void> {
    if (this.state !== 'running') {
      this.state = 'stopped';
      return;
    }
    this.release(this.held());
    this.state = 'stopped';
    this.forgetBroker?.();
    this.members.leave(this);
  }

  /** What happens when the member dies and is made anew: its partitions are revoked and assigned again. */
  rebuild(): void {
    const held = this.held();
    this.release(held);
    this.receive(held);
  }

  override seek(at: TopicPartition, offset: Offset): void {
    const reading = this.readings.get(partitionName(at));
    if (reading === undefined) return;
    reading.position = offset;
    this.plan(reading);
  }

  override pause(at: TopicPartition): void {
    const reading = this.readings.get(partitionName(at));
    if (reading === undefined) return;
    reading.isPaused = true;
    reading.planned?.();
    reading.planned = undefined;
  }

  override resume(at: TopicPartition): void {
    const reading = this.readings.get(partitionName(at));
    if (reading === undefined) return;
    reading.isPaused = false;
    this.plan(reading);
  }

  override hint(at: TopicPartition, next: Offset): Promise<void> {
    if (!this.readings.has(partitionName(at))) return Promise.reject(notAssigned(at));
    this.members.committed.set(partitionName(at), next);
    return Promise.resolve();
  }

  override hinted(at: TopicPartition): Promise<Offset | undefined> {
    return Promise.resolve(this.members.committed.get(partitionName(at)));
  }

  override edges(at: TopicPartition): Promise<PartitionEdges> {
    const log = this.broker.log(at);
    return log === undefined
      ? Promise.reject(notAssigned(at))
      : Promise.resolve({ start: log.start, end: log.end });
  }

  override peek(at: TopicPartition, offset: Offset): Promise<InboundRecord | undefined> {
    return Promise.resolve(this.broker.log(at)?.read(offset, 1).records[0]);
  }

  held(): readonly TopicPartition[] {
    // A partition whose topic was deleted, or made anew, is not held any more.
    return [...this.readings.values()]
      .filter(({ at, log }) => this.broker.log(at) === log)
      .map(({ at }) => at);
  }

  joined(): void {
    this.dropStale();
    this.tellStarted?.();
  }

  release(partitions: readonly TopicPartition[]): void {
    const gone = partitions.filter((at) => this.drop(at));
    if (gone.length > 0) this.handlers!.revoked(gone);
  }

  receive(partitions: readonly TopicPartition[]): void {
    if (this.state !== 'running') return;
    this.dropStale();
    for (const at of partitions) this.add(at);
    if (partitions.length > 0) this.handlers!.assigned(partitions);
  }

  private dropStale(): void {
    const stale = [...this.readings.values()].filter(({ at, log }) => this.broker.log(at) !== log);
    this.release(stale.map(({ at }) => at));
  }

  private add(at: TopicPartition): void {
    const log = this.broker.log(at)!;
    const reading: Reading = {
      at,
      log,
      forget: log.watch(() => this.plan(reading)),
      position: undefined,
      isPaused: true,
      planned: undefined,
    };
    this.readings.set(partitionName(at), reading);
  }

  private drop(at: TopicPartition): boolean {
    const reading = this.readings.get(partitionName(at));
    if (reading === undefined) return false;
    reading.forget();
    reading.planned?.();
    return this.readings.delete(partitionName(at));
  }

  private plan(reading: Reading): void {
    if (reading.isPaused || reading.planned !== undefined) return;
    reading.planned = this.broker.clock.after(0, () => {
      reading.planned = undefined;
      this.deliver(reading);
    });
  }

  private deliver(reading: Reading): void {
    if (this.readings.get(partitionName(reading.at)) !== reading || reading.isPaused) return;
    const { at, log } = reading;
    const from = reading.position ?? this.members.committed.get(partitionName(at)) ?? log.start;
    if (from < log.start || from > log.end) return this.lose(reading, from);
    if (from === log.end) return;
    const { records, next } = log.read(from, this.batchRecords);
    reading.position = next;
    if (records.length === 0) this.handlers!.progress(at, from, next);
    else this.handlers!.batch({ ...at, from, next, end: log.end, records });
    if (next < log.end) this.plan(reading);
  }

  private lose(reading: Reading, expected: Offset): void {
    reading.isPaused = true;
    if (this.handlers!.lost !== undefined) return this.handlers!.lost(reading.at, expected);
    this.release([reading.at]);
    this.receive([reading.at]);
  }

  private fail(error: Error): void {
    if (this.state !== 'running') return;
    this.release(this.held());
    this.state = 'stopped';
    this.handlers!.fatal(error);
  }
}

function notAssigned(at: TopicPartition): InMemoryPartitionError {
  return new InMemoryPartitionError(
    `partition ${partitionName(at)} is not assigned to this source, or does not exist`,
  );
}
