import type { IncidentGroup } from '#libs/orchestration';
import { apiClient } from '../api-client.js';
import { UsageError } from '../cli-context.js';
import { clockText } from '../page-text.js';
import type { ShownIncident } from '../shown-saga.js';
import type { Shown } from '../shown.js';
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

interface IncidentOptions {
  readonly limit: string;
  readonly group?: boolean;
  readonly definition?: string;
}

type ShownGroup = Shown<IncidentGroup, 'oldestAt'>;

/** `skald incidents` and `skald parked`: what waits for a person. */
export const troubleCommands: CommandSetup = (program, context) => {
  program
    .command('incidents')
    .description('list what cannot go on until a person decides')
    .option('-n, --limit <count>', 'at most this many (1 to 500)', '50')
    .option('-g, --group', 'by cause: definition, block, code and participant')
    .option('-d, --definition <name>', 'with --group: only those of this definition')
    .action(async ({ limit, group, definition }: IncidentOptions, command) => {
      const client = apiClient(context.env);
      if (group === true) {
        const { body } = await client.get('/incidents/groups', { definition });
        const { groups } = body as unknown as { readonly groups: readonly ShownGroup[] };
        return printResult(context, outputOf(command), { groups }, () => groupsText(groups));
      }
      if (definition !== undefined) throw new UsageError('--definition goes with --group');
      const { body } = await client.get('/incidents', { limit });
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

function groupsText(groups: readonly ShownGroup[]): string {
  if (groups.length === 0) return 'no open incident of a saga';
  const rows = groups.map((one) => [
    String(one.count),
    clockText(one.oldestAt),
    one.definition,
    one.block ?? '-',
    one.code,
    one.participant ?? '-',
    one.owner ?? '-',
    one.message,
  ]);
  const heads = ['count', 'since', 'definition', 'block', 'code', 'participant', 'owner', 'the newest says'];
  return table(heads, rows);
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
