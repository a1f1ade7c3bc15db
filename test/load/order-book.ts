import type { Instant } from '#libs/messaging';

/** How an order has to end. */
export type Ending = 'fulfilled' | 'rejected';

/** One outcome as the broker stored it. */
export interface Outcome {
  readonly number: number;
  /** Identity of the event: a repetition of the same one is no second outcome. */
  readonly id: string;
  readonly ending: Ending;
  /** Whether the event says what it has to say beside its type. */
  readonly isSound: boolean;
  readonly at: Instant;
}

/** Orders with consecutive numbers, placed together. */
export interface OrderRange {
  readonly first: number;
  readonly count: number;
}

/** What became of some orders. */
export interface Verdict {
  /** Orders without outcome. */
  readonly lost: number;
  /** Orders with another outcome than the expected one, or with more than one. */
  readonly wrong: number;
  /** Outcomes that were stored more than once under the same id, which at-least-once allows. */
  readonly repeated: number;
}

/**
 * When each order was placed and settled, by the broker's clock, and whether it ended as it had to.
 *
 * Orders are known by their number; `expected` says how the nth one ends.
 */
export class OrderBook {
  private readonly placedAt: Instant[] = [];
  private readonly settledAt: Instant[] = [];
  private readonly ids: string[] = [];
  private readonly wrong = new Set<number>();
  private readonly repeated = new Map<number, number>();
  private outcomes = 0;

  constructor(private readonly expected: (order: number) => Ending) {}

  /** Orders with at least one outcome so far. */
  get settled(): number {
    return this.outcomes;
  }

  placed(number: number, at: Instant): void {
    // A producer may repeat itself; the first copy is the one that started the saga.
    this.placedAt[number] ??= at;
  }

  noteOutcome({ number, id, ending, isSound, at }: Outcome): void {
    const known = this.ids[number];
    if (known === undefined) {
      this.ids[number] = id;
      this.settledAt[number] = at;
      this.outcomes += 1;
    } else if (known === id) this.repeated.set(number, (this.repeated.get(number) ?? 0) + 1);
    if ((known ?? id) !== id || !isSound || ending !== this.expected(number)) this.wrong.add(number);
  }

  settledIn({ first, count }: OrderRange): number {
    let settled = 0;
    for (let number = first; number < first + count; number += 1) {
      if (this.settledAt[number] !== undefined) settled += 1;
    }
    return settled;
  }

  verdict(range: OrderRange): Verdict {
    const within = (number: number): boolean => number >= range.first && number < range.first + range.count;
    return {
      lost: range.count - this.settledIn(range),
      wrong: [...this.wrong].filter(within).length,
      repeated: [...this.repeated]
        .filter(([number]) => within(number))
        .reduce((sum, [, times]) => sum + times, 0),
    };
  }

  /** Milliseconds from the order's event to its outcome event. */
  latencies({ first, count }: OrderRange): readonly number[] {
    return Array.from({ length: count }, (_, index) => this.latencyOf(first + index)).filter(
      (each) => each !== undefined,
    );
  }

  /** When the orders were settled, in order of time. */
  settledTimes({ first, count }: OrderRange): readonly Instant[] {
    return this.settledAt
      .slice(first, first + count)
      .filter((at) => at !== undefined)
      .sort((a, b) => a - b);
  }

  private latencyOf(number: number): number | undefined {
    const [from, to] = [this.placedAt[number], this.settledAt[number]];
    return from === undefined || to === undefined ? undefined : to - from;
  }
}
