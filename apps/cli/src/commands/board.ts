import { apiClient } from '../api-client.js';
import { ageText } from '../page-text.js';
import { table } from '../table.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';

interface ShownBoard {
  readonly definition: string;
  readonly owner?: string;
  readonly live: number;
  readonly stages: readonly {
    readonly stage?: string;
    readonly status: string;
    readonly count: number;
    readonly withIncident: number;
    readonly oldestAt: string;
    readonly overHour: number;
    readonly overDay: number;
  }[];
}

/** `skald board`: where live sagas stand, and for how long. */
export const boardCommand: CommandSetup = (program, context) => {
  program
    .command('board')
    .description('count live sagas by the block they stand at, with how long they have stood there')
    .argument('[saga]', 'name of a definition; all if left out')
    .action(async (definition: string | undefined, _options: unknown, command) => {
      const { body } = await apiClient(context.env).get('/board', { definition });
      const { board } = body as unknown as { readonly board: readonly ShownBoard[] };
      printResult(context, outputOf(command), body, () => boardText(board, context.clock.now()));
    });
};

const heads = ['stage', 'sagas', 'oldest', 'over 1 h', 'over 1 d', 'incidents'];

function boardText(boards: readonly ShownBoard[], now: number): string {
  if (boards.length === 0) return 'no saga is live';
  return boards
    .map(({ definition, owner, live, stages }) => {
      const rows = stages.map(({ stage = '-', status, count, oldestAt, overHour, overDay, withIncident }) => [
        status === 'compensating' ? `undo of ${stage}` : stage,
        count,
        ageText(oldestAt, now),
        overHour,
        overDay,
        withIncident,
      ]);
      return `${definition}: ${live} live${owner === undefined ? '' : `, owner ${owner}`}\n${table(heads, rows)}`;
    })
    .join('\n\n');
}
