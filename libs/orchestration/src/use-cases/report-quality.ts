import type { Clock } from '#libs/messaging';
import type { OperatorStore, OutcomeCount } from '../operator-store.js';
import { assertPublished, type PublishedDefinitions } from './assert-published.js';
import { sinceDays } from './since-days.js';

/** How the decisions of one definition went: each saga is one. */
export interface Quality {
  readonly definition: string;
  /** Sagas that began. */
  readonly made: number;
  readonly running: number;
  /** Those that were carried out: `completed`. */
  readonly executed: number;
  readonly undone: number;
  readonly cancelled: number;
  /** What they turned out to be, whatever their end. */
  readonly good: number;
  readonly bad: number;
  /** Carried out, and nobody knows yet whether that was right. */
  readonly unknown: number;
}

/** Which decisions to look at. */
export interface QualityFilter {
  readonly definition?: string;
  /** 1…366, default 30. */
  readonly days?: number;
}

/** Counts, by definition, which decisions were made, carried out, and turned out to be good or bad. */
export class ReportQuality {
  constructor(
    private readonly store: Pick<OperatorStore, 'outcomes'>,
    private readonly definitions: PublishedDefinitions,
    private readonly clock: Clock,
  ) {}

  /** @throws RequestError when the filter makes no sense, or there is no such definition. */
  async report({ definition, days }: QualityFilter): Promise<readonly Quality[]> {
    const counts = await this.store.outcomes(sinceDays(this.clock, days));
    const names = [...new Set(counts.map((count) => count.definition))]
      .filter((name) => definition === undefined || name === definition)
      .sort();
    if (names.length === 0 && definition !== undefined) await assertPublished(definition, this.definitions);
    return names.map((name) =>
      qualityOf(
        name,
        counts.filter((count) => count.definition === name),
      ),
    );
  }
}

function qualityOf(definition: string, counts: readonly OutcomeCount[]): Quality {
  const of = (...statuses: readonly OutcomeCount['status'][]): number =>
    sum(counts.filter(({ status }) => statuses.includes(status)).map(({ count }) => count));
  const judged = counts.find(({ status }) => status === 'completed');
  return {
    definition,
    made: sum(counts.map(({ count }) => count)),
    running: of('running', 'compensating'),
    executed: of('completed'),
    undone: of('compensated'),
    cancelled: of('cancelled'),
    good: sum(counts.map(({ good }) => good)),
    bad: sum(counts.map(({ bad }) => bad)),
    unknown: of('completed') - (judged?.good ?? 0) - (judged?.bad ?? 0),
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
