import { Clock, type CancelTimer, type Instant } from '#libs/messaging';

interface Waiting {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/**
 * A clock that stands still until it is moved.
 *
 * {@link FakeClock.run} moves it from timer to timer and lets everything that waits on promises go on in between, so
 * that hours of a program pass in milliseconds, always in the same order.
 */
export class FakeClock extends Clock {
  private present: number;
  private readonly start: number;
  private order = 0;
  private readonly heap: Waiting[] = [];
  private readonly cancelled = new Set<Waiting>();

  constructor(start: Instant = Date.UTC(2026, 0, 1)) {
    super();
    this.start = start;
    this.present = start;
  }

  override now(): Instant {
    return this.present;
  }

  override elapsed(): number {
    return this.present - this.start;
  }

  override after(delayMs: number, run: () => void): CancelTimer {
    const waiting = { at: this.present + Math.max(0, delayMs), order: (this.order += 1), run };
    this.push(waiting);
    return () => this.cancelled.add(waiting);
  }

  /**
   * Runs timers, earliest first, until `isDone` says so or `limitMs` have passed. Returns whether `isDone` was reached.
   * `isDone` is asked between timers.
   */
  async run(limitMs: number, isDone: () => boolean = () => false): Promise<boolean> {
    const until = this.present + limitMs;
    await settle();
    while (!isDone()) {
      const next = this.pop(until);
      if (next === undefined) {
        this.present = until;
        return false;
      }
      this.present = Math.max(this.present, next.at);
      next.run();
      await settle();
    }
    return true;
  }

  private push(waiting: Waiting): void {
    this.heap.push(waiting);
    let index = this.heap.length - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(this.heap[index]!, this.heap[parent]!)) return;
      this.swap(index, parent);
      index = parent;
    }
  }

  private pop(until: number): Waiting | undefined {
    while (this.heap.length > 0 && this.heap[0]!.at <= until) {
      const top = this.heap[0]!;
      this.removeTop();
      if (!this.cancelled.delete(top)) return top;
    }
    return undefined;
  }

  private removeTop(): void {
    const last = this.heap.pop()!;
    if (this.heap.length === 0) return;
    this.heap[0] = last;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      let first = index;
      if (left < this.heap.length && isBefore(this.heap[left]!, this.heap[first]!)) first = left;
      if (left + 1 < this.heap.length && isBefore(this.heap[left + 1]!, this.heap[first]!)) first = left + 1;
      if (first === index) return;
      this.swap(index, first);
      index = first;
    }
  }

  private swap(a: number, b: number): void {
    const waiting = this.heap[a]!;
    this.heap[a] = this.heap[b]!;
    this.heap[b] = waiting;
  }
}

function isBefore(a: Waiting, b: Waiting): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Lets every promise that can go on go on. Chains of promises in this code base are far shorter than this. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 30; turn += 1) await Promise.resolve();
}
