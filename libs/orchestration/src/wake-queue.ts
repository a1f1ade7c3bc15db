import type { Instant, SagaId } from '#libs/messaging';

interface Entry {
  readonly saga: SagaId;
  readonly at: Instant;
}

/**
 * When which saga of a lane is to be woken next: a binary heap with one valid entry a saga.
 * Setting a saga again leaves its old entry behind, which is dropped when it comes to the top.
 */
export class WakeQueue {
  private readonly heap: Entry[] = [];
  private readonly valid = new Map<SagaId, Instant>();

  /** Sagas that have a time set. */
  get size(): number {
    return this.valid.size;
  }

  /** No saga is due before this; `undefined` when none is set. */
  get earliest(): Instant | undefined {
    return this.heap[0]?.at;
  }

  set(saga: SagaId, at: Instant): void {
    if (this.valid.get(saga) === at) return;
    this.valid.set(saga, at);
    this.heap.push({ saga, at });
    this.rise(this.heap.length - 1);
    if (this.heap.length > 2 * this.valid.size + 1_000) this.compact();
  }

  setIfAbsent(saga: SagaId, at: Instant): void {
    if (!this.valid.has(saga)) this.set(saga, at);
  }

  remove(saga: SagaId): void {
    this.valid.delete(saga);
  }

  /** Takes out the sagas due at `now`, earliest first, at most `limit`. */
  takeDue(now: Instant, limit: number): readonly SagaId[] {
    const due: SagaId[] = [];
    while (due.length < limit && this.heap.length > 0 && this.heap[0]!.at <= now) {
      const { saga, at } = this.pop();
      if (this.valid.get(saga) !== at) continue;
      this.valid.delete(saga);
      due.push(saga);
    }
    return due;
  }

  private pop(): Entry {
    const top = this.heap[0]!;
    const last = this.heap.pop()!;
    if (this.heap.length > 0) {
      this.heap[0] = last;
      this.sink(0);
    }
    return top;
  }

  private compact(): void {
    this.heap.length = 0;
    for (const [saga, at] of this.valid) this.heap.push({ saga, at });
    this.heap.sort((a, b) => a.at - b.at);
  }

  private rise(from: number): void {
    let index = from;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.heap[parent]!.at <= this.heap[index]!.at) return;
      this.swap(index, parent);
      index = parent;
    }
  }

  private sink(from: number): void {
    let index = from;
    for (;;) {
      const left = 2 * index + 1;
      let least = index;
      if (left < this.heap.length && this.heap[left]!.at < this.heap[least]!.at) least = left;
      if (left + 1 < this.heap.length && this.heap[left + 1]!.at < this.heap[least]!.at) least = left + 1;
      if (least === index) return;
      this.swap(index, least);
      index = least;
    }
  }

  private swap(a: number, b: number): void {
    const entry = this.heap[a]!;
    this.heap[a] = this.heap[b]!;
    this.heap[b] = entry;
  }
}
