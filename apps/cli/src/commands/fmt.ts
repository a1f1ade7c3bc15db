import { writeFileSync } from 'node:fs';
import { formatDefinition, parseDocuments, type Problem } from '#libs/saga';
import { CommandFailedError } from '../cli-context.js';
import { compilerInput, readDefinitionFiles } from '../definition-files.js';
import { problemWithSource } from '../source-excerpt.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';

/** What formatting came to, by the paths a user would type. */
export interface Formatted {
  /** Files that are, or with `--check` would be, written anew. */
  readonly changed: readonly string[];
  /** Files that cannot be read, which are left alone. */
  readonly unreadable: readonly string[];
}

/** `skald fmt`: heads first, and nothing else is touched. */
export const fmtCommand: CommandSetup = (program, context) => {
  program
    .command('fmt')
    .description('write definitions as they are written: the head of each document and block first')
    .argument('[path]', 'a folder of definitions, or one file', '.')
    .option('--check', 'change nothing, and fail where something would be changed', false)
    .action((path: string, { check }: { readonly check: boolean }, command) => {
      const definitions = readDefinitionFiles(path);
      const { shownPath } = definitions;
      const changed: string[] = [];
      const unreadable: string[] = [];
      const format = outputOf(command);
      for (const { file, text } of compilerInput(definitions).sources) {
        const [problem] = parseDocuments(text, file).problems;
        const formatted = problem === undefined ? formatDefinition(text) : text;
        if (problem !== undefined) {
          unreadable.push(shownPath(file));
          if (format === 'text') context.warn(leftAlone(problem, text, shownPath(file)));
        } else if (formatted !== text) {
          changed.push(shownPath(file));
          if (!check) writeFileSync(shownPath(file), formatted);
        }
      }
      const result: Formatted = { changed, unreadable };
      printResult(context, format, result, () => changesText(result, check));
      if (unreadable.length > 0 || (check && changed.length > 0))
        throw new CommandFailedError('not formatted');
    });
};

function leftAlone(problem: Problem, text: string, shownPath: string): string {
  return `${problemWithSource(problem, text, shownPath)}\nThe file is left as it is.`;
}

function changesText({ changed, unreadable }: Formatted, isCheck: boolean): string {
  const lines = changed.map((path) => `${isCheck ? 'to be formatted' : 'formatted'}: ${path}`);
  return lines.length === 0 && unreadable.length === 0 ? 'nothing to format' : lines.join('\n');
}
