import { partitionName, type EventSource, type Log, type Offset, type TopicPartition } from '#libs/messaging';
import { PositionWindow, type PositionEntry } from './position-window.js';

/** Records of a partition on their way before it is paused, and how few there are when it goes on. */
export interface LaneLimits {
  readonly pauseAbove: number;
  readonly resumeBelow: number;
}

/** One assigned partition of the command topic: what of it is on its way, and how far it is done. */
export class CommandLane {
  private readonly window = new PositionWindow();
  private committed: Offset | undefined;
  private committing: Promise<void> | undefined;
  private isPaused = false;
  private hasBeenRevoked = false;

  constructor(
    readonly at: TopicPartition,
    private readonly source: EventSource,
    private readonly limits: LaneLimits,
    private readonly log: Log,
  ) {}

  /** Another member of the group reads the partition now. */
  get isRevoked(): boolean {
    return this.hasBeenRevoked;
  }

  /** Opens an entry that ends at `next`. */
  open(next: Offset): PositionEntry {
    const entry = this.window.add(next);
    if (!this.isPaused && this.window.open > this.limits.pauseAbove) {
      this.isPaused = true;
      this.source.pause(this.at);
    }
    return entry;
  }

  /** Everything about the entry has been acknowledged. */
  close(entry: PositionEntry): void {
    this.window.done(entry);
    if (this.isPaused && !this.hasBeenRevoked && this.window.open < this.limits.resumeBelow) {
      this.isPaused = false;
      this.source.resume(this.at);
    }
  }

  /** A stretch without records. */
  skip(next: Offset): void {
    this.close(this.open(next));
  }

  revoke(): void {
    this.hasBeenRevoked = true;
  }

  /** Commits the position if it has moved. One commit at a time; a failed one is made up for by the next. */
  async commit(): Promise<void> {
    await this.committing;
    const position = this.window.position;
    // A commit for a partition that has another reader now would move that reader's position back.
    if (this.hasBeenRevoked || position === undefined || position === this.committed) return;
    this.committing = this.write(position);
    await this.committing;
    this.committing = undefined;
  }

  private async write(position: Offset): Promise<void> {
    try {
      await this.source.hint(this.at, position);
      this.committed = position;
    } catch (error) {
      this.log.warn('a position was not committed', {
        partition: partitionName(this.at),
        reason: String(error),
      });
    }
  }
}
