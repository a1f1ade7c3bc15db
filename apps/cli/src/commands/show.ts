import type { Cost } from '#libs/orchestration';
import { apiClient } from '../api-client.js';
import { actor } from '../cli-context.js';
import { costPage } from '../cost-page.js';
import { executionsPage, type ShownExecution } from '../executions-page.js';
import { resolvedIn, resolvedPage } from '../resolved-page.js';
import { sagaPage } from '../saga-page.js';
import type { ShownSaga } from '../shown-saga.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';
import { findSagaId } from './find-saga.js';

interface ShowOptions {
  readonly definition?: string;
  readonly unmask?: boolean;
  readonly reason?: string;
  readonly resolved?: boolean;
  readonly executions?: boolean;
  readonly cost?: boolean;
  readonly in: string;
}

/** `skald show`. */
export const showCommand: CommandSetup = (program, context) => {
  program
    .command('show')
    .description('show what happened to a saga, what it waits for and how to repair it')
    .argument('<saga>', 'id or business key; with --resolved the name of a definition')
    .option('-d, --definition <name>', 'where a business key is used by several definitions')
    .option('--executions', 'show what was carried out instead: each with input, output, log and times')
    .option('--cost', 'show what it took instead: calls, the time of people, what was used up')
    .option('--resolved', 'show a definition instead: every value that counts, and the line it comes from')
    .option('--in <path>', 'with --resolved: the folder of the definitions', '.')
    .option('--unmask', 'show what is classed, too; who looked is in the audit')
    .option('--reason <text>', 'why you look at what is classed')
    .action(async (saga: string, options: ShowOptions, command) => {
      if (options.resolved === true) {
        const found = resolvedIn(options.in, saga);
        printResult(context, outputOf(command), found, () => resolvedPage(found));
        return;
      }
      const client = apiClient(context.env);
      const id = await findSagaId(client, saga, options.definition);
      const { unmask, reason } = options;
      const look = unmask === true ? { unmask: 'true', by: actor(context), reason } : {};
      if (options.executions === true) {
        const { body } = await client.get(`/sagas/${id}/executions`, look);
        const { executions } = body as unknown as { readonly executions: readonly ShownExecution[] };
        printResult(context, outputOf(command), body, () => executionsPage(executions));
        return;
      }
      if (options.cost === true) {
        const { body } = await client.get(`/sagas/${id}/cost`, look);
        printResult(context, outputOf(command), body, () => costPage(body as unknown as Cost));
        return;
      }
      const { body } = await client.get(`/sagas/${id}`, look);
      const shown = body as unknown as ShownSaga;
      printResult(context, outputOf(command), shown, () => sagaPage(shown, context.clock.now()));
    });
};
