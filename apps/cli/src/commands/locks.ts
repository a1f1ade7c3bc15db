import type { Command } from 'commander';
import { apiClient } from '../api-client.js';
import { lockTable, type ShownLock } from '../lock-page.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';

interface LockListOptions {
  readonly saga?: string;
  readonly waited?: boolean;
  readonly limit: string;
}

interface Listed {
  readonly locks: readonly ShownLock[];
  readonly more: boolean;
}

/** `skald locks`: who holds which lock, and who waits for it. */
export const lockCommands: CommandSetup = (program, context) => {
  program
    .command('locks')
    .description('list who holds which lock, and who waits for it')
    .argument('[resource]', 'only this lock')
    .option('--saga <id>', 'only those that this saga holds or waits for')
    .option('--waited', 'only those that somebody waits for')
    .option('-n, --limit <count>', 'at most this many (1 to 500)', '50')
    .action(async (resource: string | undefined, options: LockListOptions, command: Command) => {
      const { waited, ...query } = options;
      const filter = {
        ...query,
        ...(resource === undefined ? {} : { resource }),
        ...(waited === true ? { waited: 'true' } : {}),
      };
      const { body } = await apiClient(context.env).get('/locks', filter);
      const listed = body as unknown as Listed;
      printResult(context, outputOf(command), listed, () => listText(listed, context.clock.now()));
    });
};

function listText({ locks, more }: Listed, now: number): string {
  if (locks.length === 0) return 'no lock is held';
  return lockTable(locks, now) + (more ? '\n\nthere are more: raise --limit, or ask for fewer' : '');
}
