import type { Offset, TopicPartition } from '#libs/messaging';

/**
 * One assigned partition as its reader wants it.
 *
 * The position is ours, not the client's: it moves only by what was delivered and by `seek`. `era` changes whenever
 * what is on its way must not be delivered any more.
 */
export class PartitionReading {
  isPaused = true;
  position: Offset | undefined;
  era = 0;
  /** Elapsed time of the last fetch that asked for it. */
  askedAt: number;
  isLocating = false;

  constructor(
    readonly at: TopicPartition,
    /** Which topic of that name it is: one made anew has another id. */
    readonly topicId: string,
    now: number,
  ) {
    this.askedAt = now;
  }

  seek(offset: Offset): void {
    this.position = offset;
    this.era += 1;
  }

  /** Stops delivery for good, or until the next `seek`. */
  halt(): void {
    this.isPaused = true;
    this.era += 1;
  }
}
