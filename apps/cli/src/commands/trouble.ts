import { apiClient } from '../api-client.js';
import { clockText } from '../page-text.js';
import type { ShownIncident } from '../shown-saga.js';
import { table } from '../table.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';

interface ShownParked {
  readonly topic: string;
  readonly part: number;
  readonly offset: number;
  readonly timestamp: string;
  readonly saga?: string;
  readonly reason: string;
  readonly message: string;
}

/** `skald incidents` and `skald parked`: what waits for a person. */
export const troubleCommands: CommandSetup = (program, context) => {
  program
    .command('incidents')
    .description('list what cannot go on until a person decides')
    .option('-n, --limit <count>', 'at most this many (1 to 500)', '50')
    .action(async (options: { readonly limit: string }, command) => {
      const { body } = await apiClient(context.env).get('/incidents', options);
      const { incidents } = body as unknown as { readonly incidents: readonly ShownIncident[] };
      printResult(context, outputOf(command), { incidents }, () => incidentsText(incidents));
    });
  program
    .command('parked')
    .description('list records that could not be handled')
    .option('-n, --limit <count>', 'at most this many (1 to 500)', '50')
    .action(async (options: { readonly limit: string }, command) => {
      const { body } = await apiClient(context.env).get('/parked', options);
      const { parked } = body as unknown as { readonly parked: readonly ShownParked[] };
      printResult(context, outputOf(command), { parked }, () => parkedText(parked));
    });
};

function incidentsText(incidents: readonly ShownIncident[]): string {
  if (incidents.length === 0) return 'no open incident';
  const rows = incidents.map((one) => [
    clockText(one.openedAt),
    one.saga ?? '-',
    one.block ?? '-',
    one.code,
    one.message,
  ]);
  return table(['since', 'saga', 'block', 'code', 'what happened'], rows);
}

function parkedText(parked: readonly ShownParked[]): string {
  if (parked.length === 0) return 'no parked record';
  const rows = parked.map((one) => [
    `${one.topic}/${one.part}/${one.offset}`,
    clockText(one.timestamp),
    one.saga ?? '-',
    one.reason,
    one.message,
  ]);
  return table(['record', 'from', 'saga', 'reason', 'what happened'], rows);
}
