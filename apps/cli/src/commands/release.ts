import { apiClient } from '../api-client.js';
import { actor, CommandFailedError } from '../cli-context.js';
import { readDefinitionFiles } from '../definition-files.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';
import { countText, printProblems, validate } from './validate.js';

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
      const definitions = readDefinitionFiles(path);
      const found = validate(definitions);
      if (found.errors > 0) {
        printProblems(context, definitions, found);
        throw new CommandFailedError(`nothing was applied: ${countText(found)}`);
      }
      const files = definitions.files.map(({ path: name, text }) => ({ path: name, text }));
      const target = trial === true ? '/releases?trial=true' : '/releases';
      const { body } = await client.post(target, { files }, { 'x-skald-by': actor(context) });
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
