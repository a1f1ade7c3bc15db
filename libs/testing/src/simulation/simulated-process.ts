import {
  Clock,
  CommandSink,
  EventSource,
  type CancelTimer,
  type InboundRecord,
  type Instant,
  type Offset,
  type OutgoingRecord,
  type PartitionEdges,
  type PublishOutcome,
  type SourceHandlers,
  type TopicPartition,
} from '#libs/messaging';
import {
  LaneStore,
  StoreUnavailableError,
  type CommitResult,
  type Granted,
  type GrantRequest,
  type LaneCommit,
  type LanePosition,
  type LimitedRow,
  type OutboxRow,
  type ParkedRow,
  type StoredDesk,
  type StoredInstance,
  type Wake,
} from '#libs/orchestration';
import type { Chance } from './chance.js';

/** How likely what goes wrong is, at every single call of a port. */
export interface Mischief {
  readonly crash: number;
  readonly delay: number;
  /** The call takes effect, but its caller hears that it did not. */
  readonly lostAnswer: number;
  /** The call takes no effect, and its caller hears so. */
  readonly failure: number;
  /** Records are sent twice. */
  readonly duplicate: number;
}

/** Nothing goes wrong. */
export const noMischief: Mischief = { crash: 0, delay: 0, lostAnswer: 0, failure: 0, duplicate: 0 };

/**
 * The border between one simulated process and the world. Every call passes through it, so that the process can
 * end at any of them: a dead process hears nothing, its timers do not fire, and its calls never return.
 */
export class SimulatedProcess {
  isAlive = true;
  private readonly onDeath: (() => void)[] = [];

  constructor(
    readonly clock: Clock,
    private readonly chance: Chance,
    public mischief: Mischief,
    /** Called instead of a crash happening silently, with the name of the call. */
    private readonly tell: (what: string) => void = () => undefined,
  ) {}

  /** Ends the process here and now. */
  kill(where = 'killed'): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.tell(where);
    for (const run of this.onDeath) run();
  }

  whenDead(run: () => void): void {
    this.onDeath.push(run);
  }

  /** Carries out a call on the world. */
  async call<T>(name: string, act: () => Promise<T>, failure?: () => T | Error): Promise<T> {
    this.mayCrash(`before ${name}`);
    await this.mayPause();
    if (!this.isAlive) return never();
    if (failure !== undefined && this.chance.happens(this.mischief.failure)) return raise(failure());
    const result = await act();
    this.mayCrash(`after ${name}`);
    await this.mayPause();
    if (!this.isAlive) return never();
    if (failure !== undefined && this.chance.happens(this.mischief.lostAnswer)) return raise(failure());
    return result;
  }

  happens(probability: number): boolean {
    return this.chance.happens(probability);
  }

  private mayCrash(where: string): void {
    if (this.isAlive && this.chance.happens(this.mischief.crash)) this.kill(where);
  }

  private async mayPause(): Promise<void> {
    if (!this.chance.happens(this.mischief.delay)) return;
    const ms = this.chance.below(this.chance.pick([5, 200, 3_000]));
    await new Promise<void>((resolve) => this.clock.after(ms, resolve));
  }
}

function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined);
}

function raise<T>(failure: T | Error): T {
  if (failure instanceof Error) throw failure;
  return failure;
}

/** A clock that stops with its process. */
export class ProcessClock extends Clock {
  constructor(private readonly process: SimulatedProcess) {
    super();
  }

  override now(): Instant {
    return this.process.clock.now();
  }

  override elapsed(): number {
    return this.process.clock.elapsed();
  }

  override after(delayMs: number, run: () => void): CancelTimer {
    return this.process.clock.after(delayMs, () => {
      if (this.process.isAlive) run();
    });
  }
}

/** A sink whose calls fail, are delayed, repeat themselves, or are the last thing its process does. */
export class ProcessSink extends CommandSink {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly process: SimulatedProcess,
    private readonly inner: CommandSink,
  ) {
    super();
  }

  override start(): Promise<void> {
    return this.inner.start();
  }

  override stop(): Promise<void> {
    return this.process.isAlive ? this.inner.stop() : never();
  }

  override publish(records: readonly OutgoingRecord[]): Promise<readonly PublishOutcome[]> {
    const call = this.last.then(() => this.publishNow(records));
    this.last = call.catch(() => undefined);
    return call;
  }

  override partitions(topic: string): Promise<number | undefined> {
    return this.process.call('partitions', () => this.inner.partitions(topic));
  }

  override knownPartitions(topic: string): number | undefined {
    return this.inner.knownPartitions(topic);
  }

  private publishNow(records: readonly OutgoingRecord[]): Promise<readonly PublishOutcome[]> {
    const { process, inner } = this;
    const unsent = (): readonly PublishOutcome[] =>
      records.map(() => ({ kind: 'unsent', reason: 'simulated' }));
    return process.call(
      'publish',
      async () => {
        if (process.happens(process.mischief.duplicate)) await inner.publish(records);
        return inner.publish(records);
      },
      unsent,
    );
  }
}

/** A source that falls silent with its process. */
export class ProcessSource extends EventSource {
  readonly group: string;

  constructor(
    private readonly process: SimulatedProcess,
    private readonly inner: EventSource,
  ) {
    super();
    this.group = inner.group;
    // The broker notices a dead member only when its session times out.
    process.whenDead(() => process.clock.after(10_000, () => void inner.stop()));
  }

  override start(handlers: SourceHandlers): Promise<void> {
    // What a dead process still had in its hands must not join a group that nobody would make it leave.
    if (!this.process.isAlive) return never();
    const whileAlive =
      <A extends readonly unknown[]>(run: (...args: A) => void) =>
      (...args: A): void => {
        if (this.process.isAlive) run(...args);
      };
    return this.inner.start({
      assigned: whileAlive((partitions) => handlers.assigned(partitions)),
      revoked: whileAlive((partitions) => handlers.revoked(partitions)),
      batch: whileAlive((batch) => handlers.batch(batch)),
      progress: whileAlive((at, from, next) => handlers.progress(at, from, next)),
      lost: whileAlive((at, expected) => handlers.lost?.(at, expected)),
      fatal: whileAlive((error) => handlers.fatal(error)),
    });
  }

  override stop(): Promise<void> {
    return this.process.isAlive ? this.inner.stop() : never();
  }

  override seek(at: TopicPartition, offset: Offset): void {
    if (this.process.isAlive) this.inner.seek(at, offset);
  }

  override pause(at: TopicPartition): void {
    if (this.process.isAlive) this.inner.pause(at);
  }

  override resume(at: TopicPartition): void {
    if (this.process.isAlive) this.inner.resume(at);
  }

  override hint(at: TopicPartition, next: Offset): Promise<void> {
    return this.process.call('hint', () => this.inner.hint(at, next));
  }

  override hinted(at: TopicPartition): Promise<Offset | undefined> {
    return this.process.call('hinted', () => this.inner.hinted(at));
  }

  override edges(at: TopicPartition): Promise<PartitionEdges> {
    return this.process.call('edges', () => this.inner.edges(at));
  }

  override peek(at: TopicPartition, offset: Offset): Promise<InboundRecord | undefined> {
    return this.process.call('peek', () => this.inner.peek(at, offset));
  }
}

/** A store that may be away, or answer too late to be heard. */
export class ProcessLaneStore extends LaneStore {
  constructor(
    private readonly process: SimulatedProcess,
    private readonly inner: LaneStore,
  ) {
    super();
  }

  override takeOver(lane: TopicPartition, owner: string): Promise<LanePosition> {
    return this.ask('takeOver', () => this.inner.takeOver(lane, owner));
  }

  override commit(commits: readonly LaneCommit[]): Promise<CommitResult> {
    return this.ask('commit', () => this.inner.commit(commits));
  }

  override unsent(lane: TopicPartition): Promise<readonly OutboxRow[]> {
    return this.ask('unsent', () => this.inner.unsent(lane));
  }

  override limited(lane: TopicPartition): Promise<readonly LimitedRow[]> {
    return this.ask('limited', () => this.inner.limited(lane));
  }

  override grant(request: GrantRequest): Promise<Granted> {
    return this.ask('grant', () => this.inner.grant(request));
  }

  override loadInstances(ids: readonly string[]): Promise<readonly StoredInstance[]> {
    return this.ask('loadInstances', () => this.inner.loadInstances(ids));
  }

  override loadDesks(ids: readonly string[]): Promise<readonly StoredDesk[]> {
    return this.ask('loadDesks', () => this.inner.loadDesks(ids));
  }

  override wakes(home: number, until: Instant, limit: number): Promise<readonly Wake[]> {
    return this.ask('wakes', () => this.inner.wakes(home, until, limit));
  }

  override loadHeld(saga: string): Promise<readonly ParkedRow[]> {
    return this.ask('loadHeld', () => this.inner.loadHeld(saga));
  }

  override archived(ids: readonly string[]): Promise<readonly string[]> {
    return this.ask('archived', () => this.inner.archived(ids));
  }

  private ask<T>(name: string, act: () => Promise<T>): Promise<T> {
    return this.process.call(name, act, () => new StoreUnavailableError(`simulated at ${name}`));
  }
}
