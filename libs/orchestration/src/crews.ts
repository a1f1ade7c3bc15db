import { waitFor, type Clock } from '#libs/messaging';
import type { Work } from './batch-view.js';
import { Bell } from './bell.js';
import type { LaneSettings } from './lane-settings.js';
import type { Lane } from './lane.js';

/** What crews work on and what they do with it. Nothing of it may throw. */
export interface CrewTasks {
  readonly lanes: () => Iterable<Lane>;
  /** The broker takes less than is committed: nothing more is folded until it does. */
  readonly isChoked: () => boolean;
  /** Folds and commits. */
  readonly carryOut: (work: readonly Work[]) => Promise<void>;
  /** Now and then, for lanes with nothing to fold. */
  readonly tidy: (lanes: readonly Lane[]) => Promise<void>;
  readonly clock: Clock;
  readonly settings: LaneSettings;
}

/** Commits under way at a time: while the store writes one batch, the next one of other lanes is folded. */
const crews = 2;
const tidyEveryMs = 500;

/**
 * Works through lanes, two crews side by side, each in one cycle after the other.
 *
 * A cycle takes several lanes together, and a lane is in the hands of one crew at a time. While a commit is under
 * way, little work waits until it is done and is folded together then: small commits cost more than they hurry. Only
 * when there is enough for a commit of its own does the second crew begin.
 */
export class Crews {
  private readonly bell: Bell;
  /** What a crew is doing with a lane at present. */
  private readonly underWay = new Map<Lane, Promise<void>>();
  private loops: Promise<unknown> = Promise.resolve();
  private tidiedAt = Number.NEGATIVE_INFINITY;
  private beganAt = Number.NEGATIVE_INFINITY;
  private running = false;

  constructor(private readonly tasks: CrewTasks) {
    this.bell = new Bell(tasks.clock);
  }

  start(): void {
    this.running = true;
    this.loops = Promise.all(Array.from({ length: crews }, () => this.work()));
  }

  /** Resolves when the cycles under way are done. */
  async stop(): Promise<void> {
    this.running = false;
    this.bell.ring();
    await this.loops;
  }

  /** Says that there may be something to do. */
  ring(): void {
    this.bell.ring();
  }

  /** Resolves when no crew has the lane in hand any more. */
  async leave(lane: Lane): Promise<void> {
    await this.underWay.get(lane);
  }

  private async work(): Promise<void> {
    while (this.running) {
      await this.pace();
      const work = this.takeWork();
      const lanes = work.map(({ lane }) => lane);
      if (work.length > 0) {
        this.beganAt = this.tasks.clock.elapsed();
        await this.handle(lanes, () => this.tasks.carryOut(work));
      }
      await this.tidy();
      if (this.running && this.nextLanes().length === 0) await this.bell.wait(tidyEveryMs);
    }
  }

  /** Lets a little work gather: a commit for each record would wake broker, database and everybody behind them as often. */
  private async pace(): Promise<void> {
    const { clock, settings } = this.tasks;
    const rest = this.beganAt + settings.cycleMs - clock.elapsed();
    if (rest > 0 && this.nextLanes().length > 0) await waitFor(clock, rest);
  }

  /** Keeps lanes to one crew while `doing` lasts. */
  private async handle(lanes: readonly Lane[], doing: () => Promise<void>): Promise<void> {
    const done = doing();
    for (const lane of lanes) this.underWay.set(lane, done);
    await done;
    for (const lane of lanes) this.underWay.delete(lane);
  }

  private takeWork(): readonly Work[] {
    const { batchRecords, batchBytes } = this.tasks.settings;
    const lanes = this.nextLanes();
    const share = Math.max(1, Math.floor(batchRecords / Math.max(1, lanes.length)));
    const bytes = batchBytes / Math.max(1, lanes.length);
    const work: Work[] = [];
    for (const lane of lanes) {
      const taken = lane.queue.peek(Math.min(share, lane.batchLimit), bytes);
      if (taken !== undefined) work.push({ lane, ...taken, isSuspect: lane.isSuspicious });
    }
    return work;
  }

  private nextLanes(): readonly Lane[] {
    if (this.tasks.isChoked()) return [];
    const waiting = this.free().filter((lane) => lane.queue.length > 0);
    const records = waiting.reduce((sum, lane) => sum + lane.queue.length, 0);
    if (records < this.tasks.settings.batchRecords) return this.underWay.size === 0 ? waiting : [];
    // Not more than its part of the lanes, so that the other crew finds something.
    return waiting.slice(0, Math.ceil([...this.tasks.lanes()].length / crews));
  }

  /** Lanes that could be folded and that no crew has in hand. */
  private free(): readonly Lane[] {
    return [...this.tasks.lanes()].filter((lane) => lane.phase === 'ready' && !this.underWay.has(lane));
  }

  private async tidy(): Promise<void> {
    const { clock, tidy } = this.tasks;
    if (clock.elapsed() - this.tidiedAt < tidyEveryMs) return;
    this.tidiedAt = clock.elapsed();
    const idle = this.free().filter((lane) => lane.queue.length === 0);
    if (idle.length > 0) await this.handle(idle, () => tidy(idle));
  }
}
