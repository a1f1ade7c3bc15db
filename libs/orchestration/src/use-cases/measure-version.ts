import type { Instant } from '#libs/messaging';
import type { HistoryEntry } from '../history.js';
import type { OperatorStore } from '../operator-store.js';
import type { VersionMeans, VersionPeriod } from '../version-figures.js';
import { costOf, rounded } from './cost.js';
import { newestEnded } from './newest-ended.js';
import { historyEntries } from './read-history.js';

/** How many histories are read. */
const mostRead = 200;

/** Tells how sagas of one version went: all of them by their ends, the newest also by their histories. */
export class MeasureVersion {
  constructor(private readonly store: Pick<OperatorStore, 'figures' | 'list' | 'history'>) {}

  async measure(definition: string, wanted: number, from: Instant, until: Instant): Promise<VersionPeriod> {
    const all = await this.store.figures(definition, from, until);
    const found = all.find(({ version }) => version === wanted);
    if (found === undefined) return { version: wanted, from, until };
    const { version, ...figures } = found;
    const means = await this.meansOf(definition, { version, from, until });
    return { version, from, until, figures, ...(means === undefined ? {} : { means }) };
  }

  private async meansOf(definition: string, of: VersionPeriod): Promise<VersionMeans | undefined> {
    const ended = await newestEnded(
      this.store,
      {
        definition,
        isWanted: ({ version, finishedAt }) =>
          version === of.version && finishedAt >= of.from && finishedAt < of.until,
      },
      mostRead,
    );
    const histories = [];
    for (const { id } of ended.slice(0, mostRead)) {
      const entries = historyEntries(await this.store.history(id));
      if (isWhole(entries)) histories.push(entries);
    }
    return histories.length === 0 ? undefined : meansOf(histories);
  }
}

/** Of a saga whose history is kept no longer nothing is known. */
function isWhole(entries: readonly HistoryEntry[]): boolean {
  return entries.some(({ effects }) => effects.some(({ kind }) => kind === 'finish'));
}

function meansOf(histories: readonly (readonly HistoryEntry[])[]): VersionMeans {
  const costs = histories.map((entries) => costOf(entries));
  const mean = (amounts: readonly number[]): number =>
    rounded(amounts.reduce((sum, amount) => sum + amount, 0) / histories.length);
  const calls = costs.flatMap((cost) => cost.calls);
  return {
    sagas: histories.length,
    commands: mean(calls.map(({ commands }) => commands)),
    retries: mean(calls.map(({ commands, attempts }) => attempts - commands)),
    undos: mean(histories.map(undosIn)),
    humanSeconds: mean(costs.map(({ humanSeconds }) => humanSeconds)),
  };
}

function undosIn(entries: readonly HistoryEntry[]): number {
  const undone = entries
    .flatMap(({ effects }) => effects)
    .flatMap((effect) => (effect.kind === 'open' && effect.direction === 'undo' ? [effect.operation] : []));
  return new Set(undone).size;
}
