import type { Execution } from '#libs/orchestration';
import { clockText, indented, shortened, spanText } from './page-text.js';
import type { Shown } from './shown.js';

/** What was carried out for a block, as the coordinator's API shows it. */
export type ShownExecution = Omit<Shown<Execution, 'startedAt' | 'endedAt'>, 'log'> & {
  readonly log: readonly Shown<Execution['log'][number], 'at'>[];
};

const longestValue = 400;

/** Each with what it was given, what came of it, and what happened on the way. */
export function executionsPage(executions: readonly ShownExecution[]): string {
  if (executions.length === 0) return 'nothing was asked of anybody yet';
  return executions.map(executionText).join('\n\n');
}

function executionText(execution: ShownExecution): string {
  const { id, kind, call, by, outcome = 'open', error, attempts, startedAt, endedAt } = execution;
  const who = [kind, ...(call === undefined ? [] : [call]), ...(by === undefined ? [] : [by])].join(' ');
  const raised = error === undefined ? '' : ` (${error})`;
  const tries = attempts > 1 ? `, ${attempts} attempts` : '';
  const took = endedAt === undefined ? '' : ` after ${spanText(startedAt, endedAt)}`;
  const lines = [
    `Began   ${clockText(startedAt)}`,
    `Input   ${shortened(execution.input, longestValue)}`,
    ...(execution.output === undefined ? [] : [`Output  ${shortened(execution.output, longestValue)}`]),
    ...execution.log.map(({ at, text }) => `${clockText(at)}  ${text}`),
  ];
  return `${id}: ${who}, ${outcome}${raised}${took}${tries}\n${indented(lines.join('\n'))}`;
}
