import type { StalledSaga } from '#libs/orchestration';
import { apiClient } from '../api-client.js';
import { clockText } from '../page-text.js';
import type { Shown } from '../shown.js';
import { table } from '../table.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';

interface ShownStall extends Omit<StalledSaga, 'stalled'> {
  readonly stalled: Shown<StalledSaga['stalled'], 'since'>;
}

/** `skald stalled`: sagas that stand still for longer than expected. */
export const stalledCommand: CommandSetup = (program, context) => {
  program
    .command('stalled')
    .description('list sagas that have not come nearer to their end for longer than their target')
    .argument('[saga]', 'name of a definition; all that have a target if left out')
    .action(async (definition: string | undefined, _options: unknown, command) => {
      const { body } = await apiClient(context.env).get('/stalled', { definition });
      const { sagas } = body as unknown as { readonly sagas: readonly ShownStall[] };
      printResult(context, outputOf(command), body, () => stalledText(sagas));
    });
};

function stalledText(sagas: readonly ShownStall[]): string {
  if (sagas.length === 0) return 'no saga stands still';
  const rows = sagas.map(({ id, definition, businessKey, stalled: { since, blocker } }) => [
    clockText(since),
    `${definition} ${businessKey}`,
    blocker ?? '-',
    id,
  ]);
  return table(['since', 'saga', 'waits for', 'id'], rows);
}
