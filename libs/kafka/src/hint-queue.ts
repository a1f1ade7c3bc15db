import { partitionName, type Offset, type TopicPartition } from '#libs/messaging';

interface Hint {
  readonly at: TopicPartition;
  readonly next: Offset;
}

type Write = (hints: readonly Hint[]) => Promise<void>;

/** Brings offsets to the broker one request at a time; those that come meanwhile go together in the next one. */
export class HintQueue {
  private waiting = new Map<string, Hint>();
  private written: Promise<void> | undefined;
  private following: Promise<void> | undefined;

  constructor(private readonly write: Write) {}

  /** Resolves when the broker has this offset of the partition, or a later call's. */
  add(at: TopicPartition, next: Offset): Promise<void> {
    this.waiting.set(partitionName(at), { at, next });
    this.following ??= this.follow();
    return this.following;
  }

  private async follow(): Promise<void> {
    // Also without a request on its way this lets the hints of one turn come together.
    await (this.written ?? Promise.resolve()).catch(() => undefined);
    const hints = [...this.waiting.values()];
    this.waiting = new Map();
    this.following = undefined;
    this.written = this.write(hints);
    await this.written;
  }
}
