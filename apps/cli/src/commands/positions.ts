import type { Positions } from '#libs/orchestration';
import { apiClient } from '../api-client.js';
import { positionsPage } from '../positions-page.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';

/** `skald positions`. */
export const positionsCommand: CommandSetup = (program, context) => {
  program
    .command('positions')
    .description('say which sagas that run an earlier version could go on by a later one')
    .argument('<definition>', 'name of a saga')
    .option('--to <version>', 'against this version (default: the newest)')
    .action(async (definition: string, options: { readonly to?: string }, command) => {
      const path = `/definitions/${encodeURIComponent(definition)}/positions`;
      const { body } = await apiClient(context.env).get(path, { version: options.to });
      const positions = body as unknown as Positions;
      printResult(context, outputOf(command), positions, () => positionsPage(positions));
    });
};
