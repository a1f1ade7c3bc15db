import type { SagaId } from '#libs/messaging';

interface Place {
  readonly saga: SagaId;
  readonly rank: number;
}

/** Those that wait for one limit: the lowest rank first, and among equals whoever came first. */
export class WaitingLine {
  private places: Place[] = [];
  private readonly ranks = new Map<SagaId, number>();
  /** How many look at places now, and whether none of them looks at the present ones. */
  private readers = 0;
  private isUnread = true;

  get isEmpty(): boolean {
    return this.places.length === 0;
  }

  /** Puts a saga in its place; one that has it already keeps it. */
  add(saga: SagaId, rank: number): void {
    if (this.ranks.get(saga) === rank) return;
    this.delete(saga);
    this.ranks.set(saga, rank);
    this.changeable().splice(this.behind(rank), 0, { saga, rank });
  }

  delete(saga: SagaId): void {
    const rank = this.ranks.get(saga);
    if (rank === undefined) return;
    this.ranks.delete(saga);
    let at = this.behind(rank) - 1;
    while (this.places[at]!.saga !== saga) at -= 1;
    this.changeable().splice(at, 1);
  }

  /** As they stand now: whoever comes or goes while they are looked at is not noticed. */
  *inOrder(): Generator<SagaId> {
    const { places } = this;
    this.readers += 1;
    this.isUnread = false;
    try {
      for (const { saga } of places) yield saga;
    } finally {
      this.readers -= 1;
    }
  }

  /** Who looks at them goes on with what is there now, so it is copied; not for everybody who looks. */
  private changeable(): Place[] {
    if (this.readers > 0 && !this.isUnread) {
      this.places = [...this.places];
      this.isUnread = true;
    }
    return this.places;
  }

  /** Where the first of a higher rank stands. */
  private behind(rank: number): number {
    let [from, to] = [0, this.places.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.places[middle]!.rank <= rank) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
