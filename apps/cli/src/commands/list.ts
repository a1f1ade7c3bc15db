import { apiClient } from '../api-client.js';
import { clockText } from '../page-text.js';
import type { ShownSummary } from '../shown-saga.js';
import { table } from '../table.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';

interface ListOptions {
  readonly status?: string;
  readonly key?: string;
  readonly definition?: string;
  readonly owner?: string;
  readonly incident?: boolean;
  readonly before?: string;
  readonly limit?: string;
}

interface Listed {
  readonly sagas: readonly ShownSummary[];
  readonly next?: string;
}

/** `skald list`. */
export const listCommand: CommandSetup = (program, context) => {
  program
    .command('list')
    .description('list sagas, newest first')
    .option('-s, --status <status>', 'running, compensating, completed, compensated or cancelled')
    .option('-k, --key <key>', 'only those with this business key')
    .option('-d, --definition <name>', 'only those of this definition')
    .option('--owner <name>', 'only those of definitions that this team owns')
    .option('--incident', 'only those that wait for a person')
    .option('-n, --limit <count>', 'at most this many (1 to 500)', '50')
    .option('--before <id>', 'the page behind this saga')
    .action(async (options: ListOptions, command) => {
      const { incident, ...query } = options;
      const { body } = await apiClient(context.env).get('/sagas', {
        ...query,
        ...(incident === true ? { incident: 'true' } : {}),
      });
      const listed = body as unknown as Listed;
      printResult(context, outputOf(command), listed, () => listText(listed));
    });
};

function listText({ sagas, next }: Listed): string {
  if (sagas.length === 0) return 'no saga';
  const more = next === undefined ? '' : `\n\nmore: add --before ${next}`;
  return summaryTable(sagas) + more;
}

/** Sagas as a table. */
export function summaryTable(sagas: readonly ShownSummary[]): string {
  const rows = sagas.map((saga) => [
    saga.id,
    `${saga.definition} ${saga.version}`,
    saga.owner ?? '-',
    saga.businessKey,
    saga.incident ? `${saga.status} (incident)` : saga.status,
    clockText(saga.startedAt),
  ]);
  return table(['id', 'definition', 'owner', 'business key', 'status', 'started'], rows);
}
