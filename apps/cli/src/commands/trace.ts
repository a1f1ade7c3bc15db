import { apiClient } from '../api-client.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';
import { findSagaId } from './find-saga.js';

/** `skald trace`. */
export const traceCommand: CommandSetup = (program, context) => {
  program
    .command('trace')
    .description('emit the trace of a saga once more, from its history')
    .argument('<saga>', 'id or business key')
    .option('-d, --definition <name>', 'where a business key is used by several definitions')
    .action(async (saga: string, options: { readonly definition?: string }, command) => {
      const client = apiClient(context.env);
      const id = await findSagaId(client, saga, options.definition);
      const { body } = await client.post(`/sagas/${id}/trace`, {});
      const { trace } = body as unknown as { readonly trace: string };
      printResult(context, outputOf(command), { trace }, () => `saga ${id} is told again as trace ${trace}`);
    });
};
