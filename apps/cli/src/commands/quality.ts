import { Argument } from 'commander';
import type { Quality, Repairs } from '#libs/orchestration';
import { verdicts } from '#libs/saga';
import { apiClient } from '../api-client.js';
import { actor } from '../cli-context.js';
import { table } from '../table.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';
import { findSagaId } from './find-saga.js';

interface JudgeOptions {
  readonly reason: string;
  readonly definition?: string;
}

/** `skald quality`, `skald repairs` and `skald judge`: what decisions, and what people did about trouble, turned out to be. */
export const qualityCommands: CommandSetup = (program, context) => {
  program
    .command('quality')
    .description('count decisions made, carried out, and what they turned out to be')
    .argument('[saga]', 'name of a definition; all if left out')
    .option('--days <number>', 'sagas that began in so many days', '30')
    .action(async (definition: string | undefined, { days }: { readonly days: string }, command) => {
      const { body } = await apiClient(context.env).get('/quality', { definition, days });
      const { quality } = body as unknown as { readonly quality: readonly Quality[] };
      printResult(context, outputOf(command), { quality }, () => qualityText(quality, days));
    });
  program
    .command('repairs')
    .description('count what people tried again or passed over, and how often trouble came back')
    .argument('[saga]', 'name of a definition; all if left out')
    .option('--days <number>', 'repairs of so many days', '30')
    .action(async (definition: string | undefined, { days }: { readonly days: string }, command) => {
      const { body } = await apiClient(context.env).get('/quality/repairs', { definition, days });
      const { repairs } = body as unknown as { readonly repairs: readonly Repairs[] };
      printResult(context, outputOf(command), { repairs }, () => repairsText(repairs, days));
    });
  program
    .command('judge')
    .description('say what a saga that has ended turned out to be')
    .argument('<saga>', 'id or business key')
    .addArgument(new Argument('<verdict>', 'what it turned out to be').choices(verdicts))
    .requiredOption('-r, --reason <text>', 'how that is known; it is kept')
    .option('-d, --definition <name>', 'where a business key is used by several definitions')
    .action(async (saga: string, verdict: string, { reason, definition }: JudgeOptions, command) => {
      const client = apiClient(context.env);
      const id = await findSagaId(client, saga, definition);
      const { body } = await client.post(`/sagas/${id}/verdict`, { verdict, by: actor(context), reason });
      printResult(context, outputOf(command), body, () => `saga ${id} turned out to be ${verdict}`);
    });
};

function qualityText(quality: readonly Quality[], days: string): string {
  if (quality.length === 0) return `no saga began in the last ${days} days`;
  const heads = ['saga', 'made', 'running', 'executed', 'undone', 'cancelled', 'good', 'bad', 'unknown'];
  const rows = quality.map((one) => [
    one.definition,
    one.made,
    one.running,
    one.executed,
    one.undone,
    one.cancelled,
    one.good,
    one.bad,
    one.unknown,
  ]);
  return table(heads, rows);
}

function repairsText(repairs: readonly Repairs[], days: string): string {
  if (repairs.length === 0) return `nobody repaired anything in the last ${days} days`;
  const rows = repairs.map(({ definition, mode, count, repeated, repeatRate }) => [
    definition,
    mode === '' ? 'nobody said' : mode,
    count,
    repeated,
    `${Math.round(repeatRate * 100)} %`,
  ]);
  return table(['saga', 'failure mode', 'repairs', 'came back', 'share'], rows);
}
