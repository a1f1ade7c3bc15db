import type { Clock } from '#libs/messaging';
import type { OperatorStore, RepairCount } from '../operator-store.js';
import { assertPublished, type PublishedDefinitions } from './assert-published.js';
import type { QualityFilter } from './report-quality.js';
import { sinceDays } from './since-days.js';

/** What people did about one kind of trouble, and how often it came back. */
export interface Repairs extends RepairCount {
  /** Share of them after which the same saga had an incident again: 0…1. */
  readonly repeatRate: number;
}

/** Tells how often trouble that was repaired came back, by what people had found to be the matter. */
export class ReportRepairs {
  constructor(
    private readonly store: Pick<OperatorStore, 'repairs'>,
    private readonly definitions: PublishedDefinitions,
    private readonly clock: Clock,
  ) {}

  /** By definition, then mode. @throws RequestError when the filter makes no sense, or there is no such definition. */
  async report({ definition, days }: QualityFilter): Promise<readonly Repairs[]> {
    const counts = await this.store.repairs(sinceDays(this.clock, days));
    const found = counts.filter((one) => definition === undefined || one.definition === definition);
    if (found.length === 0 && definition !== undefined) await assertPublished(definition, this.definitions);
    return found.map((one) => ({ ...one, repeatRate: one.repeated / one.count }));
  }
}
