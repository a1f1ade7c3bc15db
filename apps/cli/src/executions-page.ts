import type { Json } from '#libs/messaging';
import { clockText, indented, shortened, spanText } from './page-text.js';

/** What was carried out for a block, as the coordinator's API shows it. */
export interface ShownExecution {
  readonly id: string;
  readonly block: string;
  readonly kind: string;
  readonly direction: string;
  readonly call?: string;
  readonly by?: string;
  readonly input: Json;
  readonly output?: Json;
  readonly outcome?: string;
  readonly error?: string;
  readonly attempts: number;
  readonly startedAt: string;
  readonly endedAt?: string;
  readonly log: readonly { readonly at: string; readonly text: string }[];
}

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
