import type { JsonObject } from '#libs/messaging';
import { compileDefinitions, type CompiledDefinitions, type Problem } from '#libs/saga';
import { CommandFailedError, type CliContext } from '../cli-context.js';
import { compilerInput, readDefinitionFiles, type DefinitionFiles } from '../definition-files.js';
import { counted } from '../page-text.js';
import { problemWithSource } from '../source-excerpt.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';

/** What was found in definition files. */
export interface Validation {
  readonly problems: readonly Problem[];
  readonly errors: number;
  readonly sagas: readonly string[];
}

/** `skald validate`: needs neither coordinator nor broker nor database. */
export const validateCommand: CommandSetup = (program, context) => {
  program
    .command('validate')
    .description('check definitions without publishing them; needs nothing but the files')
    .argument('[path]', 'a folder of definitions, or one file', '.')
    .action((path: string, _options: unknown, command) => {
      const definitions = readDefinitionFiles(path);
      const validation = validate(definitions);
      const format = outputOf(command);
      if (format === 'text') printProblems(context, definitions, validation);
      if (format === 'json' || validation.errors === 0)
        printResult(context, format, validation, () => soundText(validation));
      if (validation.errors > 0) throw new CommandFailedError(countText(validation));
    });
};

/** Compiles the files and counts what is wrong with them. */
export function validate(definitions: DefinitionFiles): Validation {
  const { sources, others } = compilerInput(definitions);
  return validationOf(compileDefinitions(sources, others));
}

/** Counts what is wrong with what was compiled. */
export function validationOf({
  programs,
  problems,
}: Pick<CompiledDefinitions, 'programs' | 'problems'>): Validation {
  return {
    problems,
    errors: problems.filter(({ severity }) => severity === 'error').length,
    sagas: programs.map(({ definition, version }) => `${definition} version ${version}`),
  };
}

/**
 * The files as the coordinator takes them.
 *
 * @throws CommandFailedError when they have errors, which are printed; `whatNot` says what was not done then.
 */
export function soundFiles(context: CliContext, path: string, whatNot: string): JsonObject {
  const definitions = readDefinitionFiles(path);
  const found = validate(definitions);
  if (found.errors > 0) {
    printProblems(context, definitions, found);
    throw new CommandFailedError(`${whatNot}: ${countText(found)}`);
  }
  return { files: definitions.files.map(({ path: name, text }) => ({ path: name, text })) };
}

/** Prints each problem with the line it is about. */
export function printProblems(
  context: CliContext,
  { files, shownPath }: DefinitionFiles,
  { problems }: Validation,
): void {
  for (const problem of problems) {
    const text = files.find(({ path }) => path === problem.file)?.text;
    context.warn(problemWithSource(problem, text, shownPath(problem.file)));
  }
}

/** How many problems there are, in words. */
export function countText({ problems, errors }: Validation): string {
  const warnings = problems.length - errors;
  const parts = [
    errors > 0 ? [counted(errors, 'error')] : [],
    warnings > 0 ? [counted(warnings, 'warning')] : [],
  ];
  return parts.flat().join(', ');
}

function soundText(validation: Validation): string {
  const sagas = validation.sagas.length === 0 ? 'no saga' : validation.sagas.join(', ');
  const warnings = countText(validation);
  return `valid: ${sagas}${warnings === '' ? '' : ` (${warnings})`}`;
}
