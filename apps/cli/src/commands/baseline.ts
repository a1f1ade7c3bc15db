import { durationText, type VersionPeriod } from '#libs/orchestration';
import { apiClient } from '../api-client.js';
import { clockText } from '../page-text.js';
import type { Shown } from '../shown.js';
import { table } from '../table.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';

type ShownPeriod = Shown<VersionPeriod, 'from' | 'until'>;
type Figures = NonNullable<VersionPeriod['figures']>;

interface ShownComparison {
  readonly definition: string;
  readonly present: ShownPeriod;
  readonly baseline?: ShownPeriod;
}

/** `skald baseline`: how the newest version does beside the one before. */
export const baselineCommand: CommandSetup = (program, context) => {
  program
    .command('baseline')
    .description('compare how sagas of the newest version went with those of the version before')
    .argument('<saga>', 'name of the definition')
    .option('--days <number>', 'so many days of the version before', '30')
    .action(async (definition: string, { days }: { readonly days: string }, command) => {
      const path = `/definitions/${encodeURIComponent(definition)}/baseline`;
      const { body } = await apiClient(context.env).get(path, { days });
      const comparison = body as unknown as ShownComparison;
      printResult(context, outputOf(command), body, () => comparisonText(comparison));
    });
};

function comparisonText({ definition, present, baseline }: ShownComparison): string {
  const periods = baseline === undefined ? [present] : [baseline, present];
  const heads = ['', ...periods.map(({ version }) => `version ${version}`)];
  const rows = lines.map(([name, text]) => [
    name,
    ...periods.map(({ figures }) => (figures === undefined ? '-' : text(figures))),
  ]);
  const title = `${definition}: version ${present.version} since ${clockText(present.from)}`;
  const beside =
    baseline === undefined
      ? 'there is no version before'
      : `version ${baseline.version} from ${clockText(baseline.from)} until then`;
  return `${title}, ${beside}\n${table(heads, rows)}`;
}

const lines: readonly (readonly [string, (figures: Figures) => string])[] = [
  ['ended', (figures) => String(ended(figures))],
  ['completed', (figures) => shareText(figures.completed, figures)],
  ['undone', (figures) => shareText(figures.compensated, figures)],
  ['cancelled', (figures) => shareText(figures.cancelled, figures)],
  ['had an incident', (figures) => shareText(figures.withIncident, figures)],
  ['half took up to', ({ p50Ms }) => durationText(p50Ms)],
  ['95 % took up to', ({ p95Ms }) => durationText(p95Ms)],
];

function ended({ completed, compensated, cancelled }: Figures): number {
  return completed + compensated + cancelled;
}

function shareText(count: number, figures: Figures): string {
  return `${((100 * count) / ended(figures)).toFixed(1)} %`;
}
