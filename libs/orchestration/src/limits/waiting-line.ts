import type { SagaId } from '#libs/messaging';

interface Place {
  readonly saga: SagaId;
  readonly rank: number;
}

/** Those that wait for one limit: the lowest rank first, and among equals whoever came first. */
export class WaitingLine {
  private readonly places: Place[] = [];
  private readonly ranks = new Map<SagaId, number>();

  get isEmpty(): boolean {
    return this.places.length === 0;
  }

  /** Puts a saga in its place; one that has it already keeps it. */
  add(saga: SagaId, rank: number): void {
    if (this.ranks.get(saga) === rank) return;
    this.delete(saga);
    this.ranks.set(saga, rank);
    this.places.splice(this.behind(rank), 0, { saga, rank });
  }

  delete(saga: SagaId): void {
    const rank = this.ranks.get(saga);
    if (rank === undefined) return;
    this.ranks.delete(saga);
    let at = this.behind(rank) - 1;
    while (this.places[at]!.saga !== saga) at -= 1;
    this.places.splice(at, 1);
  }

  /** As they stand now: whoever comes or goes while they are looked at is not noticed. */
  inOrder(): readonly SagaId[] {
    return this.places.map(({ saga }) => saga);
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
