import type { Clock } from '#libs/messaging';
import type { Baseline, PublishedDocument } from '../definition-store.js';
import type { MeasureVersion } from './measure-version.js';
import { daysMs } from './since-days.js';

/** What {@link TakeBaselines} found out. */
export interface TakenBaselines {
  readonly baselines: readonly Baseline[];
  /** Which could not be counted, and why. */
  readonly warnings: readonly string[];
}

/**
 * Tells, right before new versions of sagas are published, how the versions before them went in the last 30 days.
 *
 * A version is not held up by what cannot be counted: it is published without a baseline.
 */
export class TakeBaselines {
  constructor(
    private readonly versions: MeasureVersion,
    private readonly clock: Clock,
  ) {}

  async take(
    given: readonly PublishedDocument[],
    before: readonly PublishedDocument[],
  ): Promise<TakenBaselines> {
    const known = versionsOf(before);
    const baselines: Baseline[] = [];
    const warnings: string[] = [];
    for (const { name: definition, version } of given.filter(({ kind }) => kind === 'saga')) {
      const others = known.get(definition) ?? [];
      const former = Math.max(...others.filter((other) => other < version));
      if (others.includes(version) || former === Number.NEGATIVE_INFINITY) continue;
      try {
        const until = this.clock.now();
        const period = await this.versions.measure(definition, former, until - daysMs(), until);
        baselines.push({ definition, version, before: period });
      } catch (error) {
        warnings.push(
          `${definition} ${version}: how version ${former} went was not counted: ${String(error)}`,
        );
      }
    }
    return { baselines, warnings };
  }
}

function versionsOf(documents: readonly PublishedDocument[]): ReadonlyMap<string, readonly number[]> {
  const versions = new Map<string, number[]>();
  for (const { kind, name, version } of documents)
    if (kind === 'saga') versions.set(name, [...(versions.get(name) ?? []), version]);
  return versions;
}
