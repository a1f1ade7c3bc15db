import { Option } from 'commander';
import { apiClient } from '../api-client.js';
import { boardLines, boardText, type ShownBoard } from '../board-page.js';
import type { CliContext, OutputFormat } from '../cli-context.js';
import { clockText } from '../page-text.js';
import { watch } from '../watching.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';
import { wholeNumberOf } from './whole-number.js';

interface BoardOptions {
  readonly watch?: string;
}

interface BoardBody {
  readonly board: readonly ShownBoard[];
}

const longestSeconds = 3_600;

/** `skald board`: where live sagas stand, and for how long. */
export const boardCommand: CommandSetup = (program, context) => {
  program
    .command('board')
    .description('count live sagas by the block they stand at, with how long they have stood there')
    .argument('[saga]', 'name of a definition; all if left out')
    .addOption(
      new Option('--watch [seconds]', 'look again every so often, and tell what moved, until Ctrl-C').preset(
        '5',
      ),
    )
    .action(async (definition: string | undefined, options: BoardOptions, command) => {
      const client = apiClient(context.env);
      const look = async () => (await client.get('/board', { definition })).body as unknown as BoardBody;
      const output = outputOf(command);
      if (options.watch !== undefined) {
        const seconds = wholeNumberOf('--watch', options.watch, longestSeconds);
        return watch(context, seconds * 1_000, look, (present, former) =>
          showLook(context, output, present, former),
        );
      }
      const body = await look();
      printResult(context, output, body, () => boardText(body.board, context.clock.now()));
    });
};

/** On a screen in the place of the look before; elsewhere behind it, and only what is new. */
function showLook(context: CliContext, output: OutputFormat, present: BoardBody, former?: BoardBody): void {
  const now = context.clock.now();
  if (output === 'json') return context.print(JSON.stringify(present));
  if (context.redraw !== undefined) {
    const page = boardText(present.board, now, former?.board);
    return context.redraw(`${clockText(new Date(now).toISOString())}, until Ctrl-C\n\n${page}`);
  }
  for (const line of boardLines(present.board, now, former?.board)) context.print(line);
}
