import { partitionName, waitFor, type RecordBatch, type TopicPartition } from '#libs/messaging';
import type { Work } from './batch-view.js';
import { CommitCycle } from './commit-cycle.js';
import type { Coordination } from './coordination.js';
import { Crews } from './crews.js';
import { haltLane, lookAgainMs, takeOverLane } from './lane-takeover.js';
import { Lane } from './lane.js';
import type { Publisher } from './publisher.js';
import type { LaneGauge } from './saga-metrics.js';
import { LaneLostError } from './store-errors.js';
import { Waker } from './waker.js';

const hintEveryMs = 1_000;
const drainMs = 3_000;
const afterLossMs = 1_000;

/**
 * The home partitions this process owns: it takes them over when they are assigned, folds what arrives in them, and
 * lets them go, drained, when they are revoked. Who folds which lanes when is up to the {@link Crews}.
 */
export class Lanes {
  private readonly lanes = new Map<string, Lane>();
  private readonly cycle: CommitCycle;
  private readonly waker: Waker;
  private readonly crews: Crews;
  private running = false;

  constructor(
    private readonly coordination: Coordination,
    private readonly publisher: Publisher,
  ) {
    this.cycle = new CommitCycle(coordination, publisher);
    this.waker = new Waker(coordination, publisher, () => this.lanes.values());
    this.crews = new Crews({
      lanes: () => this.lanes.values(),
      isChoked: () => publisher.backlog > coordination.settings.unsentMessages,
      carryOut: (work) => this.carryOut(work),
      tidy: (lanes) => this.tidy(lanes),
      clock: coordination.clock,
      settings: coordination.settings,
    });
  }

  /** Joins the group and begins to fold. Resolves when the group has been joined. */
  async start(): Promise<void> {
    if (this.running) return;
    this.running = true;
    this.crews.start();
    this.waker.start();
    await this.coordination.source.start({
      assigned: (partitions) => partitions.forEach((at) => this.assign(at)),
      revoked: (partitions) => partitions.forEach((at) => void this.release(at)),
      batch: (batch) => this.accept(batch),
      progress: (at, from, next) => this.accept({ ...at, from, next, end: next, records: [] }),
      lost: (at, expected) => this.lose(at, expected),
      fatal: (error) => {
        this.coordination.log.error('the source of the home topic has died', { error: String(error) });
        this.coordination.onFatal(error);
      },
    });
  }

  /** Folds what is being folded, waits for what was committed to be published, and leaves the group. Safe twice. */
  async stop(): Promise<void> {
    if (!this.running) return;
    this.waker.stop();
    await Promise.all([...this.lanes.values()].map((lane) => this.drain(lane)));
    this.running = false;
    await this.crews.stop();
    await this.coordination.source.stop();
  }

  /** Lanes that fold at present, and those that do not. */
  get phases(): readonly { readonly lane: string; readonly phase: Lane['phase'] }[] {
    return [...this.lanes].map(([lane, { phase }]) => ({ lane, phase }));
  }

  /** How far behind the lanes that fold here are. */
  get gauges(): readonly LaneGauge[] {
    return [...this.lanes.values()].filter(({ phase }) => phase === 'ready').map(({ gauge }) => gauge);
  }

  /** How far a home partition has been folded here: the next offset, or `undefined` when it is not ours. */
  nextOffset(part: number): number | undefined {
    const lane = this.lanes.get(partitionName({ topic: this.coordination.installation.homeTopic, part }));
    return lane?.phase === 'ready' ? (lane.position.nextOffset ?? 0) : undefined;
  }

  private assign(at: TopicPartition): void {
    const former = this.lanes.get(partitionName(at));
    if (former !== undefined) former.phase = 'ended';
    const { settings, definitions } = this.coordination;
    const lane = new Lane(at, settings, (name) => definitions.limitNamed(name));
    this.lanes.set(partitionName(at), lane);
    void takeOverLane(this.coordination, lane, this.publisher).then(() => {
      if (lane.phase === 'halted') this.lookAgain(lane);
      this.crews.ring();
    });
  }

  /** Stops a lane, and looks later whether it can go on. */
  private async halt(lane: Lane, problem: string): Promise<void> {
    this.lookAgain(lane);
    await haltLane(this.coordination, lane, problem);
  }

  private lookAgain(lane: Lane): void {
    this.coordination.clock.after(lookAgainMs, () => {
      const isOurs = this.lanes.get(partitionName(lane.at)) === lane;
      if (this.running && isOurs && lane.phase === 'halted') this.assign(lane.at);
    });
  }

  private async release(at: TopicPartition): Promise<void> {
    const lane = this.lanes.get(partitionName(at));
    if (lane === undefined) return;
    await this.drain(lane);
    if (this.lanes.get(partitionName(at)) === lane) this.lanes.delete(partitionName(at));
  }

  /** Lets a lane end well: nothing is folded any more, what is committed goes out, its rows are deleted. */
  private async drain(lane: Lane): Promise<void> {
    if (lane.phase !== 'ready') {
      lane.phase = 'ended';
      return;
    }
    lane.phase = 'draining';
    await this.crews.leave(lane);
    const { clock, source, log } = this.coordination;
    const until = clock.elapsed() + drainMs;
    while (!lane.isPublished && clock.elapsed() < until) await waitFor(clock, 10);
    try {
      await this.cycle.settle([lane]);
      await source.hint(lane.at, lane.position.nextOffset ?? 0);
    } catch (error) {
      // Another process has the lane already, or will publish what is left when it takes it over.
      log.debug('lane was not settled when it was let go', {
        lane: partitionName(lane.at),
        error: String(error),
      });
    }
    lane.phase = 'ended';
  }

  private accept(batch: RecordBatch): void {
    const lane = this.lanes.get(partitionName(batch));
    if (lane === undefined || lane.phase !== 'ready') return;
    if (!lane.accept(batch)) return void this.realign(lane, batch);
    if (lane.queue.length > this.coordination.settings.queueRecords && !lane.isPaused) {
      lane.isPaused = true;
      this.coordination.source.pause(lane.at);
    }
    this.crews.ring();
  }

  private lose(at: TopicPartition, expected: number): void {
    const lane = this.lanes.get(partitionName(at));
    if (lane === undefined || lane.phase !== 'ready') return;
    void this.halt(lane, `offset ${expected} is not in the partition: the topic was recreated or truncated`);
  }

  /** A fetch that does not follow the last one: sought again, unless what we want is not there any more. */
  private async realign(lane: Lane, batch: RecordBatch): Promise<void> {
    const { source, log } = this.coordination;
    const wanted = lane.expected!;
    log.warn('a fetch did not follow the last one', {
      lane: partitionName(lane.at),
      wanted,
      from: batch.from,
    });
    const edges = await source.edges(lane.at);
    if (lane.phase !== 'ready' || lane.expected !== wanted) return;
    if (wanted < edges.start || wanted > edges.end) {
      return this.halt(lane, `offset ${wanted} is outside ${edges.start}…${edges.end}`);
    }
    source.seek(lane.at, wanted);
  }

  private async carryOut(work: readonly Work[]): Promise<void> {
    const { clock, metrics } = this.coordination;
    const records = work.reduce((sum, one) => sum + one.records.length, 0);
    const beganAt = clock.elapsed();
    const seconds = (): number => (clock.elapsed() - beganAt) / 1_000;
    try {
      await this.cycle.run(work);
      metrics.cycle({ records, seconds: seconds(), outcome: 'committed' });
      for (const { lane } of work) this.afterCommit(lane);
    } catch (error) {
      metrics.cycle({ records, seconds: seconds(), outcome: failureOf(error) });
      this.recover(
        work.map(({ lane }) => lane),
        error,
      );
    }
  }

  private afterCommit(lane: Lane): void {
    const { source, settings } = this.coordination;
    if (lane.isPaused && lane.phase === 'ready' && lane.queue.length < settings.queueRecords / 2) {
      lane.isPaused = false;
      source.resume(lane.at);
    }
    this.hint(lane);
  }

  /** Tells the broker where we are, for dashboards and as a memory that outlives a restored database. */
  private hint(lane: Lane): void {
    const { clock, source } = this.coordination;
    const { nextOffset } = lane.position;
    if (nextOffset === undefined || clock.elapsed() - lane.hintedAt < hintEveryMs) return;
    lane.hintedAt = clock.elapsed();
    lane.hinted = nextOffset;
    void source.hint(lane.at, nextOffset).catch(() => undefined);
  }

  /** With nothing to fold: outbox rows that can go are deleted, positions confirmed. */
  private async tidy(idle: readonly Lane[]): Promise<void> {
    for (const lane of idle) if (lane.hinted !== lane.position.nextOffset) this.hint(lane);
    const untidy = idle.filter(
      (lane) => lane.acknowledgedRows.length > 0 || lane.limited.isUntidy || lane.mustConfirm,
    );
    if (untidy.length === 0) return;
    const { clock, metrics } = this.coordination;
    const beganAt = clock.elapsed();
    await this.cycle.settle(untidy).catch((error: unknown) => {
      const seconds = (clock.elapsed() - beganAt) / 1_000;
      metrics.cycle({ records: 0, seconds, outcome: failureOf(error) });
      this.recover(untidy, error);
    });
  }

  /**
   * Whether the commit took effect is unknown, or somebody else holds a lane. Either way the lane objects are
   * finished: new ones take over from whoever holds them, ourselves included, and go on from what is stored.
   */
  private recover(lanes: readonly Lane[], error: unknown): void {
    const { log, clock } = this.coordination;
    const lost = error instanceof LaneLostError ? new Set(error.lanes.map(partitionName)) : undefined;
    log.warn('a commit failed', { error: String(error) });
    for (const lane of lanes) {
      const name = partitionName(lane.at);
      if (lost !== undefined && !lost.has(name)) continue;
      if (this.lanes.get(name) !== lane) continue;
      lane.phase = 'ended';
      this.coordination.source.pause(lane.at);
      if (lost === undefined) this.assign(lane.at);
      // If the group still says that the lane is ours a moment later, the other holder was a passing one.
      else
        clock.after(afterLossMs, () => this.running && this.lanes.get(name) === lane && this.assign(lane.at));
    }
  }
}

function failureOf(error: unknown): 'lost' | 'failed' {
  return error instanceof LaneLostError ? 'lost' : 'failed';
}
