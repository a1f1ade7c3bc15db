import { durationText, type VersionPeriod } from '#libs/orchestration';
import { apiClient } from '../api-client.js';
import { clockText } from '../page-text.js';
import type { Shown } from '../shown.js';
import { table } from '../table.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';

type ShownPeriod = Shown<VersionPeriod, 'from' | 'until'>;
type Figures = NonNullable<VersionPeriod['figures']>;
type Means = NonNullable<VersionPeriod['means']>;

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
    .option(
      '--days <number>',
      'count so many days of the version before now (default: the 30 counted when published)',
    )
    .action(async (definition: string, { days }: { readonly days?: string }, command) => {
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
  const meanRows = meanLines.map(([name, text]) => [
    name,
    ...periods.map(({ means }) => (means === undefined ? '-' : text(means))),
  ]);
  const title = `${definition}: version ${present.version} since ${clockText(present.from)}`;
  const beside =
    baseline === undefined
      ? 'there is no version before'
      : `version ${baseline.version} from ${clockText(baseline.from)} until then`;
  return `${title}, ${beside}\n${table(heads, [...rows, ...meanRows])}`;
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

const meanLines: readonly (readonly [string, (means: Means) => string])[] = [
  ['commands, on average', ({ commands }) => commands.toFixed(1)],
  ['repeated attempts', ({ retries }) => retries.toFixed(1)],
  ['undone steps', ({ undos }) => undos.toFixed(1)],
  ['time of people', ({ humanSeconds }) => durationText(Math.round(humanSeconds * 1_000))],
];

function ended({ completed, compensated, cancelled }: Figures): number {
  return completed + compensated + cancelled;
}

function shareText(count: number, figures: Figures): string {
  return `${((100 * count) / ended(figures)).toFixed(1)} %`;
}
