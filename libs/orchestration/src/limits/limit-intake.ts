import type { Clock } from '#libs/messaging';
import type { CommandLimit } from '#libs/saga';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import type { LimitQueue } from './limited-row.js';

/** What {@link LimitIntake} asks. */
export interface LimitIntakeOptions {
  readonly clock: Clock;
  readonly definitions: Pick<LoadedDefinitions, 'isLimiting' | 'limitsOn'>;
  /** What waits for limits, in all processes together. */
  readonly queues: () => Promise<readonly LimitQueue[]>;
}

const askEveryMs = 500;
/** Sooner when it is by its own reckoning that nothing may begin any more: much of that may have been sent since. */
const askAgainMs = 100;
/** Without a word about it, so that nothing grows without bound. */
const defaultQueue = 10_000;

/** Lets no more sagas in that send commands for which too many wait already. */
export class LimitIntake {
  /** Commands that wait, by limit: as told by the store, and one more for each saga that was let in since. */
  private waiting: Map<string, number> | undefined = new Map();
  private isReckoned = false;
  private askedAt = Number.NEGATIVE_INFINITY;
  private asking: Promise<void> | undefined;

  constructor(private readonly options: LimitIntakeOptions) {}

  /** How many of so many sagas of these definitions may begin now. They are expected to, each with one command. */
  async letIn(definitions: ReadonlySet<string>, wanted: number): Promise<number> {
    if (!this.options.definitions.isLimiting) return wanted;
    const limits = this.limitsOn(definitions);
    if (limits.length === 0) return wanted;
    await this.ask(askEveryMs);
    if (this.isReckoned && this.roomFor(limits) === 0) await this.ask(askAgainMs);
    const count = Math.min(wanted, this.roomFor(limits));
    this.expect(limits, count);
    return count;
  }

  /** Each once, however many of their commands it is about. */
  private limitsOn(definitions: ReadonlySet<string>): readonly CommandLimit[] {
    const all = [...definitions].flatMap((each) => this.options.definitions.limitsOn(each));
    return [...new Map(all.map((limit) => [limit.name, limit])).values()];
  }

  private roomFor(limits: readonly CommandLimit[]): number {
    const { waiting } = this;
    // While the store does not answer nobody knows whether there is room.
    if (waiting === undefined) return 0;
    const rooms = limits.map(({ name, queue = defaultQueue }) => queue + 1 - (waiting.get(name) ?? 0));
    return Math.max(0, Math.min(...rooms));
  }

  private expect(limits: readonly CommandLimit[], count: number): void {
    if (count === 0) return;
    this.isReckoned = true;
    for (const { name } of limits) this.waiting?.set(name, (this.waiting.get(name) ?? 0) + count);
  }

  private async ask(everyMs: number): Promise<void> {
    if (this.options.clock.elapsed() - this.askedAt >= everyMs)
      this.asking ??= this.askNow().finally(() => (this.asking = undefined));
    // Several gates may want to know at a time; what one of them reckons with must not be overwritten.
    await this.asking;
  }

  private async askNow(): Promise<void> {
    const { clock, queues } = this.options;
    this.waiting = await queues().then(
      (all) => new Map(all.map(({ limit, waiting }) => [limit, waiting])),
      () => undefined,
    );
    this.isReckoned = false;
    this.askedAt = clock.elapsed();
  }
}
