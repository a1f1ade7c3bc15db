import { apiClient } from '../api-client.js';
import { sagaPage } from '../saga-page.js';
import type { ShownSaga } from '../shown-saga.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';
import { findSagaId } from './find-saga.js';

/** `skald show`. */
export const showCommand: CommandSetup = (program, context) => {
  program
    .command('show')
    .description('show what happened to a saga, what it waits for and how to repair it')
    .argument('<saga>', 'id or business key')
    .option('-d, --definition <name>', 'where a business key is used by several definitions')
    .action(async (saga: string, options: { readonly definition?: string }, command) => {
      const client = apiClient(context.env);
      const id = await findSagaId(client, saga, options.definition);
      const { body } = await client.get(`/sagas/${id}`);
      const shown = body as unknown as ShownSaga;
      printResult(context, outputOf(command), shown, () => sagaPage(shown, context.clock.now()));
    });
};
