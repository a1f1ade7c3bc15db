import type { Clock, Usage } from '#libs/messaging';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import type { OperatorStore, SagaSummary } from '../operator-store.js';
import { assertPublished } from './assert-published.js';
import { costOf, rounded, sumOfUsage, type Cost } from './cost.js';
import { newestEnded } from './newest-ended.js';
import { historyEntries } from './read-history.js';
import { sinceDays } from './since-days.js';
import {
  spendings,
  spentTime,
  stretchesOf,
  type Spending,
  type SpentTime,
  type Stretch,
} from './spent-time.js';

/** What one block took, in all sagas together. */
export interface BlockTime {
  readonly block: string;
  readonly as: Spending;
  readonly ms: number;
  readonly times: number;
}

/** What the time of the sagas of one definition went to. */
export interface TimeReport {
  readonly definition: string;
  /** Sagas that were looked at: of those that have ended, the newest. */
  readonly sagas: number;
  /** Milliseconds of all of them, from start to end. */
  readonly spent: SpentTime;
  /** The blocks that took most. */
  readonly blocks: readonly BlockTime[];
  /** What one of them took on average. */
  readonly mean: MeanCost;
  /** There are more sagas than were looked at. */
  readonly more: boolean;
}

/** What a run of a definition takes: the sums of {@link Cost}, divided by the number of runs. */
export interface MeanCost {
  readonly commands: number;
  readonly attempts: number;
  readonly humanSeconds: number;
  readonly used: Usage;
}

/** Which sagas to look at. */
export interface TimeFilter {
  readonly definition?: string;
  /** Sagas that began in so many days: 1…366, default 30. */
  readonly days?: number;
}

/** How many sagas of the definition asked for are read with their history, and of each where none is asked for. */
const mostRead = 200;
const mostReadOfEach = 20;
const mostBlocks = 10;
const mostUsed = 20;

/** Tells from histories what the time of sagas went to, as their definitions mark their blocks. */
export class ReportTime {
  constructor(
    private readonly store: Pick<OperatorStore, 'list' | 'find' | 'history'>,
    private readonly definitions: Pick<LoadedDefinitions, 'all' | 'current' | 'programOf' | 'refresh'>,
    private readonly clock: Clock,
  ) {}

  /** @throws RequestError when the filter makes no sense or there is no such definition. */
  async report({ definition, days }: TimeFilter): Promise<readonly TimeReport[]> {
    const since = sinceDays(this.clock, days);
    if (definition !== undefined) await assertPublished(definition, this.definitions);
    const names =
      definition === undefined ? this.definitions.all().map((each) => each.definition) : [definition];
    const reports = [];
    const most = definition === undefined ? mostReadOfEach : mostRead;
    for (const name of names.toSorted()) reports.push(await this.reportOf(name, since, most));
    return reports.filter((each) => each.sagas > 0);
  }

  private async reportOf(definition: string, since: number, most: number): Promise<TimeReport> {
    const isNewEnough = ({ startedAt }: SagaSummary) => startedAt >= since;
    const ended = await newestEnded(this.store, { definition, isNewEnough }, most);
    const found = [];
    for (const saga of ended.slice(0, most)) found.push(...(await this.timeOf(saga)));
    return {
      definition,
      sagas: found.length,
      spent: sumOf(found.map(({ spent }) => spent)),
      blocks: blocksOf(found.flatMap(({ stretches }) => stretches)),
      mean: meanOf(found.map(({ cost }) => cost)),
      more: ended.length > most,
    };
  }

  /** Of a saga whose history is kept no longer nothing is known. */
  private async timeOf({ id, startedAt, finishedAt }: SagaSummary) {
    const [instance, rows] = await Promise.all([this.store.find(id), this.store.history(id)]);
    const entries = historyEntries(rows);
    const effects = entries.flatMap((entry) => entry.effects);
    if (instance === undefined || !effects.some(({ kind }) => kind === 'finish')) return [];
    const program = this.definitions.programOf(instance);
    const stretches = stretchesOf(effects, program?.words);
    const spent = spentTime(startedAt, finishedAt!, stretches);
    return [{ stretches, spent, cost: costOf(entries, program) }];
  }
}

function sumOf(all: readonly SpentTime[]): SpentTime {
  const sum = (as: Spending) => all.reduce((total, spent) => total + spent[as], 0);
  return Object.fromEntries(spendings.map((as) => [as, sum(as)])) as SpentTime;
}

/** Names are for participants to choose, so that there may be many: those of the largest amounts are told. */
function meanOf(costs: readonly Cost[]): MeanCost {
  const each = (sum: number): number => rounded(sum / Math.max(costs.length, 1));
  const calls = costs.flatMap((cost) => cost.calls);
  const used = Object.entries(sumOfUsage(costs.map((cost) => cost.used)))
    .toSorted(([, one], [, other]) => other - one)
    .slice(0, mostUsed);
  return {
    commands: each(calls.reduce((sum, { commands }) => sum + commands, 0)),
    attempts: each(calls.reduce((sum, { attempts }) => sum + attempts, 0)),
    humanSeconds: each(costs.reduce((sum, { humanSeconds }) => sum + humanSeconds, 0)),
    used: Object.fromEntries(used.map(([name, sum]) => [name, each(sum)])),
  };
}

function blocksOf(stretches: readonly Stretch[]): readonly BlockTime[] {
  const blocks = new Map<string, BlockTime>();
  for (const { block, as, from, to } of stretches) {
    const known = blocks.get(`${block} ${as}`) ?? { block, as, ms: 0, times: 0 };
    blocks.set(`${block} ${as}`, { ...known, ms: known.ms + to - from, times: known.times + 1 });
  }
  return [...blocks.values()].toSorted((one, other) => other.ms - one.ms).slice(0, mostBlocks);
}
