import { waitFor, type Clock, type Offset } from '#libs/messaging';

/** What admission asks. */
export interface AdmissionOptions {
  readonly clock: Clock;
  /** Records waiting in a home partition from which on nothing new is let in. Default 2,000. */
  readonly backlogLimit?: number;
  /** How far this process has folded the partition, if it owns it. */
  readonly folded: (part: number) => Offset | undefined;
  /** How far the partitions have been folded according to the store; asked when another process owns one. */
  readonly storedPositions: () => Promise<ReadonlyMap<number, Offset>>;
}

const askEveryMs = 200;
const waitMs = 10;

/**
 * Lets new sagas in only as fast as sagas under way are folded. Without it a burst of a million events would put a
 * million starts in front of the replies that running sagas wait for.
 */
export class Admission {
  private readonly ends = new Map<number, Offset>();
  /** Undefined while the store does not answer: then nobody knows whether there is room. */
  private stored: ReadonlyMap<number, Offset> | undefined = new Map();
  private askedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: AdmissionOptions) {}

  /** Notes where a home partition ends, as told by an acknowledgement. */
  noteEnd(part: number, end: Offset): void {
    this.ends.set(part, Math.max(end, this.ends.get(part) ?? 0));
  }

  /** Resolves when all of `parts` have room, or when `isStopped` says so. */
  async room(parts: ReadonlySet<number>, isStopped: () => boolean): Promise<void> {
    for (const part of parts) {
      while (!isStopped() && (await this.backlog(part)) > (this.options.backlogLimit ?? 2_000)) {
        await waitFor(this.options.clock, waitMs);
      }
    }
  }

  private async backlog(part: number): Promise<number> {
    const end = this.ends.get(part);
    if (end === undefined) return 0;
    const folded = this.options.folded(part);
    if (folded !== undefined) return end - folded;
    if (end - (this.stored?.get(part) ?? 0) > 0) await this.ask();
    return this.stored === undefined ? Number.POSITIVE_INFINITY : end - (this.stored.get(part) ?? end);
  }

  private async ask(): Promise<void> {
    const { clock } = this.options;
    if (clock.elapsed() - this.askedAt < askEveryMs) return;
    this.askedAt = clock.elapsed();
    this.stored = await this.options.storedPositions().catch(() => undefined);
  }
}
