import type { Clock } from '#libs/messaging';
import { BatchSize } from './batch-size.js';

/** What the queue must know of what it holds. */
export interface Queued {
  /** Items of one saga are handled one after the other, in the order they were added. */
  readonly saga: string;
}

/** Limits of a {@link CommandQueue}. */
export interface QueueLimits {
  /** Most items of one batch. */
  readonly maxBatch: number;
  /** Most batches at the same time. */
  readonly concurrentBatches: number;
}

/**
 * Hands out commands in batches that hold at most one command of a saga.
 *
 * Guarantees: the next command of a saga is handed out only when `handle` of the one before has returned; sagas do
 * not wait for each other beyond the batch they share. `handle` must not throw.
 */
export class CommandQueue<Item extends Queued> {
  private readonly ready: Item[] = [];
  /** Sagas with an item that is ready or being handled, each with the items behind it. */
  private readonly followers = new Map<string, Item[]>();
  private readonly size: BatchSize;
  private running = 0;
  private isClosed = false;
  private whenIdle: (() => void)[] = [];

  constructor(
    private readonly limits: QueueLimits,
    private readonly clock: Clock,
    private readonly handle: (batch: readonly Item[]) => Promise<void>,
  ) {
    this.size = new BatchSize(limits.maxBatch);
  }

  add(items: readonly Item[]): void {
    if (this.isClosed) return;
    for (const item of items) {
      const behind = this.followers.get(item.saga);
      if (behind === undefined) {
        this.followers.set(item.saga, []);
        this.ready.push(item);
      } else behind.push(item);
    }
    this.pump();
  }

  /** Takes nothing more and hands nothing more out. Resolves when what is being handled has ended. */
  close(): Promise<void> {
    this.isClosed = true;
    this.ready.length = 0;
    this.followers.clear();
    if (this.running === 0) return Promise.resolve();
    return new Promise((resolve) => this.whenIdle.push(resolve));
  }

  private pump(): void {
    while (this.running < this.limits.concurrentBatches && this.ready.length > 0) {
      this.running += 1;
      void this.run(this.ready.splice(0, this.size.present));
    }
  }

  private async run(batch: readonly Item[]): Promise<void> {
    const started = this.clock.elapsed();
    await this.handle(batch);
    this.size.took(batch.length, this.clock.elapsed() - started);
    this.running -= 1;
    for (const item of batch) this.release(item.saga);
    this.pump();
    if (this.running === 0) this.whenIdle.splice(0).forEach((resolve) => resolve());
  }

  private release(saga: string): void {
    const next = this.followers.get(saga)?.shift();
    if (next === undefined) this.followers.delete(saga);
    else this.ready.push(next);
  }
}
