import type { ToldStatus, ToldWait } from '#libs/orchestration';
import { apiClient } from '../api-client.js';
import { clockText } from '../page-text.js';
import type { Shown } from '../shown.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';

interface ShownStatus extends Omit<Shown<ToldStatus, 'startedAt' | 'endedAt'>, 'waitsFor'> {
  readonly waitsFor: readonly Shown<ToldWait, 'since' | 'expectedAt'>[];
}

/** `skald status`. */
export const statusCommand: CommandSetup = (program, context) => {
  program
    .command('status')
    .description('tell how far something is, in words that may be told to a customer')
    .argument('<saga>', 'name of the definition')
    .argument('<key>', 'the business key')
    .action(async (definition: string, key: string, _options: unknown, command) => {
      const { body } = await apiClient(context.env).get('/status', { definition, key });
      printResult(context, outputOf(command), body, () => statusText(body as unknown as ShownStatus));
    });
};

function statusText(told: ShownStatus): string {
  const { what, key, status, result, startedAt, endedAt, stages, waitsFor, needsSomebody } = told;
  const end = endedAt === undefined ? '' : `, ended ${clockText(endedAt)}`;
  return [
    `${what} ${key}: ${status}${result === undefined ? '' : `, ${result}`}`,
    `Since ${clockText(startedAt)}${end}`,
    ...(stages.length === 0 ? [] : [`At ${stages.join(' and ')}`]),
    ...waitsFor.map(
      ({ text, since, expectedAt }) =>
        `- ${text} (since ${clockText(since)}${expectedAt === undefined ? '' : `, expected ${clockText(expectedAt)}`})`,
    ),
    ...(needsSomebody ? ['Somebody has to look at it.'] : []),
  ].join('\n');
}
