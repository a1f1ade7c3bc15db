import type { Clock } from '#libs/messaging';
import type { DefinitionStore } from '../definition-store.js';
import type { VersionPeriod } from '../version-figures.js';
import type { MeasureVersion } from './measure-version.js';
import { unknownDefinition } from './request-error.js';
import { daysMs } from './since-days.js';

/** The newest version beside the one before. */
export interface VersionComparison {
  readonly definition: string;
  /** The newest version, from when it was published. */
  readonly present: VersionPeriod;
  /** The version before, in the days until then; absent where there is none. */
  readonly baseline?: VersionPeriod;
}

/**
 * Compares the newest version of a definition with the one before.
 *
 * The baseline is what was counted when the newest version was published and is kept with it, whatever becomes of the
 * sagas. Of another number of days, and of a version that was published by another way, it is counted now, of the sagas
 * that are still kept.
 */
export class CompareVersions {
  constructor(
    private readonly definitions: Pick<DefinitionStore, 'load' | 'baseline'>,
    private readonly versions: MeasureVersion,
    private readonly clock: Clock,
  ) {}

  /** @throws RequestError when there is no such definition, or `days` makes no sense. */
  async compare(definition: string, days?: number): Promise<VersionComparison> {
    const beforeMs = daysMs(days);
    const { documents } = await this.definitions.load();
    const sagas = documents.filter(({ kind }) => kind === 'saga');
    const [newest, before] = sagas
      .filter(({ name }) => name === definition)
      .toSorted((one, other) => other.version - one.version);
    if (newest === undefined)
      throw unknownDefinition(
        definition,
        sagas.map(({ name }) => ({ definition: name })),
      );
    const { version, publishedAt } = newest;
    const present = await this.versions.measure(definition, version, publishedAt, this.clock.now());
    if (before === undefined) return { definition, present };
    const kept = days === undefined ? await this.definitions.baseline(definition, version) : undefined;
    if (kept?.before.version === before.version) return { definition, present, baseline: kept.before };
    const from = publishedAt - beforeMs;
    return {
      definition,
      present,
      baseline: await this.versions.measure(definition, before.version, from, publishedAt),
    };
  }
}
