import type { ShownToggle } from '#libs/orchestration';
import { apiClient } from '../api-client.js';
import { actor, UsageError } from '../cli-context.js';
import type { Shown } from '../shown.js';
import { table } from '../table.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';

interface ToldToggle extends Omit<ShownToggle, 'switched'> {
  readonly switched?: Shown<NonNullable<ShownToggle['switched']>, 'at'>;
}

/** `skald toggles list` and `skald toggles set`. */
export const togglesCommand: CommandSetup = (program, context) => {
  const toggles = program.command('toggles').description('show and switch what can be switched off');
  toggles
    .command('list')
    .description('show every toggle and who switched it last')
    .action(async (_options: unknown, command) => {
      const { body } = await apiClient(context.env).get('/toggles');
      const { toggles: shown } = body as unknown as { readonly toggles: readonly ToldToggle[] };
      printResult(context, outputOf(command), body, () => togglesText(shown));
    });
  toggles
    .command('set')
    .description('switch a toggle, for sagas that start from now on and for those that run')
    .argument('<saga>', 'name of the definition')
    .argument('<toggle>', 'name of the toggle')
    .argument('<value>', 'on or off')
    .requiredOption('-r, --reason <text>', 'why; it is kept')
    .action(
      async (
        saga: string,
        toggle: string,
        value: string,
        { reason }: { readonly reason: string },
        command,
      ) => {
        const path = `/toggles/${encodeURIComponent(saga)}/${encodeURIComponent(toggle)}`;
        const { body } = await apiClient(context.env).post(path, {
          on: isOn(value),
          by: actor(context),
          reason,
        });
        printResult(
          context,
          outputOf(command),
          body,
          () => `${saga} ${toggle} is ${value}; sagas that run hear of it within a minute`,
        );
      },
    );
};

function isOn(value: string): boolean {
  if (value === 'on' || value === 'off') return value === 'on';
  throw new UsageError(`"${value}" is neither on nor off`);
}

function togglesText(toggles: readonly ToldToggle[]): string {
  if (toggles.length === 0) return 'no toggle: no published definition has one';
  const rows = toggles.map(({ definition, toggle, on, byDefault, switched }) => [
    definition,
    toggle,
    on ? 'on' : 'off',
    byDefault ? 'on' : 'off',
    switched === undefined ? '-' : `${switched.at} by ${switched.by}: ${switched.reason}`,
  ]);
  return table(['saga', 'toggle', 'is', 'by default', 'switched'], rows);
}
