import type { JsonObject } from '#libs/messaging';
import { compileDefinitions, type CompiledDefinitions, type Problem } from '#libs/saga';
import { CommandFailedError, UsageError, type CliContext } from '../cli-context.js';
import {
  compilerInput,
  readDefinitionFiles,
  type CompilerInput,
  type DefinitionFiles,
} from '../definition-files.js';
import { counted } from '../page-text.js';
import { publishedInput } from '../published-input.js';
import { problemWithSource } from '../source-excerpt.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';

/** What was found in definition files. */
export interface Validation {
  readonly problems: readonly Problem[];
  readonly errors: number;
  readonly sagas: readonly string[];
}

/** What is checked, and how its files are shown. */
interface Checked extends DefinitionFiles {
  readonly input: CompilerInput;
}

/** `skald validate`: needs neither coordinator nor broker nor database, unless it is about what is published. */
export const validateCommand: CommandSetup = (program, context) => {
  program
    .command('validate')
    .description('check definitions without publishing them; needs nothing but the files')
    .argument('[path]', 'a folder of definitions, or one file (default: ".")')
    .option(
      '--published',
      'what is published at the coordinator, instead of files: before an upgrade, by the new version',
    )
    .action(async (path: string | undefined, { published }: { published?: true }, command) => {
      if (published === true && path !== undefined)
        throw new UsageError(`--published is about what is published; leave "${path}" out`);
      const checked = published === true ? await checkedPublication(context) : checkedFiles(path ?? '.');
      const validation = validate(checked.input);
      const format = outputOf(command);
      if (format === 'text') printProblems(context, checked, validation);
      if (format === 'json' || validation.errors === 0)
        printResult(context, format, validation, () => soundText(validation));
      if (validation.errors > 0) throw new CommandFailedError(countText(validation));
    });
};

function checkedFiles(path: string): Checked {
  const definitions = readDefinitionFiles(path);
  return { ...definitions, input: compilerInput(definitions) };
}

async function checkedPublication(context: CliContext): Promise<Checked> {
  const input = await publishedInput(context);
  const files = input.sources.map(({ file, text }) => ({ path: file, text }));
  return { files, input, shownPath: (path) => path };
}

/** Compiles definitions and counts what is wrong with them. */
function validate({ sources, others }: CompilerInput): Validation {
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
  const definitions = checkedFiles(path);
  const found = validate(definitions.input);
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
