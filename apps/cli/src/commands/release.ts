import { apiClient } from '../api-client.js';
import { actor } from '../cli-context.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';
import { soundFiles } from './validate.js';

interface Released {
  readonly toggles: readonly {
    readonly definition: string;
    readonly toggle: string;
    readonly on: boolean;
    readonly isChanged: boolean;
  }[];
}

/** `skald release`. */
export const releaseCommand: CommandSetup = (program, context) => {
  program
    .command('release')
    .description('apply what release documents say of the state at run time, such as toggles')
    .argument('<path>', 'a file with releases, or a folder')
    .option('--trial', 'only say what would change')
    .action(async (path: string, { trial }: { readonly trial?: true }, command) => {
      const client = apiClient(context.env);
      const files = soundFiles(context, path, 'nothing was applied');
      const target = trial === true ? '/releases?trial=true' : '/releases';
      const { body } = await client.post(target, files, { 'x-skald-by': actor(context) });
      const released = body as unknown as Released;
      printResult(context, outputOf(command), released, () => releasedText(released, trial === true));
    });
};

function releasedText({ toggles }: Released, isTrial: boolean): string {
  return toggles
    .map(({ definition, toggle, on, isChanged }) => {
      const to = on ? 'on' : 'off';
      if (!isChanged) return `${definition} ${toggle} is ${to} already`;
      return isTrial
        ? `${definition} ${toggle} would be switched ${to}`
        : `${definition} ${toggle} is now ${to}`;
    })
    .join('\n');
}
