import type { Command } from 'commander';
import { apiClient } from '../api-client.js';
import { factTable, type ShownFact } from '../fact-page.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';

interface Listed {
  readonly facts: readonly ShownFact[];
  readonly more: boolean;
}

/** `skald facts`: what is known of a fact, and what others than its source have said of it. */
export const factCommands: CommandSetup = (program, context) => {
  program
    .command('facts')
    .description('show what is known of a fact, or list those that others than their sources have spoken of')
    .argument('[fact]', 'only this fact')
    .argument('[key]', 'whom it is about')
    .option('-n, --limit <count>', 'at most this many (1 to 500)', '50')
    .action(
      async (
        fact: string | undefined,
        key: string | undefined,
        { limit }: { limit: string },
        command: Command,
      ) => {
        const filter = {
          limit,
          ...(fact === undefined ? {} : { fact }),
          ...(key === undefined ? {} : { key }),
        };
        const { body } = await apiClient(context.env).get('/facts', filter);
        const listed = body as unknown as Listed;
        const none = key === undefined ? 'no source contradicts another one' : 'nothing is known of it';
        printResult(context, outputOf(command), listed, () => listText(listed, none, context.clock.now()));
      },
    );
};

function listText({ facts, more }: Listed, none: string, now: number): string {
  if (facts.length === 0) return none;
  return factTable(facts, now) + (more ? '\n\nthere are more: raise --limit, or ask for fewer' : '');
}
