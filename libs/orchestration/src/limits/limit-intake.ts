import { waitFor, type Clock } from '#libs/messaging';
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
const waitMs = 100;
/** Without a word about it, so that nothing grows without bound. */
const defaultQueue = 10_000;

/** Lets no more sagas in that send commands for which too many wait already. */
export class LimitIntake {
  private waiting: ReadonlyMap<string, number> | undefined = new Map();
  private askedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: LimitIntakeOptions) {}

  /** Resolves when there is room for sagas of these definitions, or when `isStopped` says so. */
  async room(definitions: ReadonlySet<string>, isStopped: () => boolean): Promise<void> {
    if (!this.options.definitions.isLimiting) return;
    while (!isStopped() && (await this.isFull(definitions))) await waitFor(this.options.clock, waitMs);
  }

  private async isFull(definitions: ReadonlySet<string>): Promise<boolean> {
    const limits = [...definitions].flatMap((each) => this.options.definitions.limitsOn(each));
    if (limits.length === 0) return false;
    await this.ask();
    // While the store does not answer nobody knows whether there is room.
    if (this.waiting === undefined) return true;
    return limits.some(({ name, queue = defaultQueue }) => (this.waiting?.get(name) ?? 0) > queue);
  }

  private async ask(): Promise<void> {
    const { clock, queues } = this.options;
    if (clock.elapsed() - this.askedAt < askEveryMs) return;
    this.askedAt = clock.elapsed();
    this.waiting = await queues().then(
      (all) => new Map(all.map(({ limit, waiting }) => [limit, waiting])),
      () => undefined,
    );
  }
}
