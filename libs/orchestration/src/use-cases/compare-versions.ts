import type { Clock, Instant } from '#libs/messaging';
import type { DefinitionStore } from '../definition-store.js';
import type { OperatorStore } from '../operator-store.js';
import type { VersionFigures } from '../version-figures.js';
import { unknownDefinition } from './request-error.js';
import { daysMs } from './since-days.js';

/** How sagas of one version went. */
export interface VersionPeriod {
  readonly version: number;
  /** Of those that ended at `from` or later, and before `until`. */
  readonly from: Instant;
  readonly until: Instant;
  /** Absent where none ended. */
  readonly figures?: Omit<VersionFigures, 'version'>;
}

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
 * The baseline is what had ended when the newest version was published, so it does not change any more, whatever the
 * sagas do that are still on their way; it is there as long as the archive is.
 */
export class CompareVersions {
  constructor(
    private readonly definitions: Pick<DefinitionStore, 'load'>,
    private readonly store: Pick<OperatorStore, 'figures'>,
    private readonly clock: Clock,
  ) {}

  /** @throws RequestError when there is no such definition, or `days` makes no sense. */
  async compare(definition: string, days?: number): Promise<VersionComparison> {
    const beforeMs = daysMs(days);
    const { documents } = await this.definitions.load();
    const [newest, before] = documents
      .filter(({ kind, name }) => kind === 'saga' && name === definition)
      .toSorted((one, other) => other.version - one.version);
    if (newest === undefined) throw unknownDefinition(definition);
    const { publishedAt } = newest;
    const present = await this.period(definition, newest.version, publishedAt, this.clock.now());
    if (before === undefined) return { definition, present };
    return {
      definition,
      present,
      baseline: await this.period(definition, before.version, publishedAt - beforeMs, publishedAt),
    };
  }

  private async period(
    definition: string,
    wanted: number,
    from: Instant,
    until: Instant,
  ): Promise<VersionPeriod> {
    const all = await this.store.figures(definition, from, until);
    const found = all.find(({ version }) => version === wanted);
    if (found === undefined) return { version: wanted, from, until };
    const { version, ...figures } = found;
    return { version, from, until, figures };
  }
}
