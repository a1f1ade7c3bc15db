import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { compileDefinitions, parseDocuments, type Problem } from '#libs/saga';
import { importBpmn, type ImportedBpmn } from '../bpmn/import-bpmn.js';
import { CommandFailedError, UsageError, type CliContext } from '../cli-context.js';
import { compilerInput, readDefinitionFiles, type CompilerInput } from '../definition-files.js';
import { importDmn } from '../dmn/import-dmn.js';
import { importAll, importedText } from '../import-all.js';
import { problemWithSource } from '../source-excerpt.js';
import { xmlProblem } from '../xml-problem.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';

interface ImportOptions {
  readonly asVersion?: string;
  readonly in?: string;
  readonly reason?: string;
}

/** What came of an import. */
interface Imported {
  readonly text: string;
  /** Mistakes that it has as it was drawn. */
  readonly problems: readonly Problem[];
  /** Why nothing may be done with it yet; absent where something may. */
  readonly refusal?: string;
}

/** `skald import dmn`, `skald import bpmn`: decision tables and processes drawn elsewhere. `skald import all`: an export. */
export const importCommand: CommandSetup = (program, context) => {
  program
    .command('import')
    .description(
      'write definitions out of what was made with other tools, or take all of another installation',
    )
    .argument(
      '<format>',
      'dmn: the decision tables of a DMN model; bpmn: the process of a BPMN model; all: what "skald export all" wrote, into an empty installation',
    )
    .argument('<file>', 'the file to import')
    .option('--as-version <version>', 'version of what is written (dmn: 1; bpmn: as it was exported, or 1)')
    .option('--in <path>', 'the definitions a process is checked with')
    .option('-r, --reason <text>', 'of all: why; it is kept')
    .action(async (format: string, file: string, options: ImportOptions, command) => {
      const importFormat = FORMATS.get(format);
      if (importFormat === undefined && format !== 'all')
        throw new UsageError(`"${format}" cannot be imported; there are dmn, bpmn and all`);
      checkOptions(format, options);
      if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true)
        throw new UsageError(`there is no file "${file}"`);
      if (statSync(file).size === 0) throw new CommandFailedError(`"${file}" is empty`);
      if (importFormat === undefined) {
        const imported = await importAll(context, file, options.reason);
        return printResult(context, outputOf(command), imported, () => importedText(imported));
      }
      const { text, problems, refusal } = await importFormat(file, options, context);
      for (const problem of problems) context.warn(problemWithSource(problem, text, problem.file));
      printResult(context, outputOf(command), { text, problems }, () => text.trimEnd());
      if (refusal !== undefined) throw new CommandFailedError(refusal);
      if (problems.some(({ severity }) => severity === 'error'))
        throw new CommandFailedError('it was taken over as it is, and has the mistakes above');
    });
};

/** Which formats an option says something about. */
const FORMATS_OF: Readonly<Record<keyof ImportOptions, readonly string[]>> = {
  asVersion: ['dmn', 'bpmn'],
  in: ['bpmn'],
  reason: ['all'],
};

/** @throws UsageError for an option that would be passed over. */
function checkOptions(format: string, options: ImportOptions): void {
  for (const [name, formats] of Object.entries(FORMATS_OF)) {
    if (options[name as keyof ImportOptions] === undefined || formats.includes(format)) continue;
    const option = name === 'asVersion' ? '--as-version' : `--${name}`;
    throw new UsageError(`${option} goes with ${formats.join(' and ')}, not with ${format}`);
  }
}

type ImportFormat = (file: string, options: ImportOptions, context: CliContext) => Promise<Imported>;

const FORMATS: ReadonlyMap<string, ImportFormat> = new Map([
  ['dmn', importTables],
  ['bpmn', importProcess],
]);

async function importTables(file: string, options: ImportOptions, context: CliContext): Promise<Imported> {
  const xml = readFileSync(file, 'utf8');
  const imported = await importDmn(xml, versionOf(options) ?? 1).catch(unreadable(file, xml, context));
  for (const problem of imported.problems) context.warn(`${file}: ${problem}`);
  if (imported.problems.length > 0) throw refused('table');
  const { text } = imported;
  return { text, problems: compileDefinitions([{ file: `${file}.yaml`, text }]).problems };
}

async function importProcess(file: string, options: ImportOptions, context: CliContext): Promise<Imported> {
  const version = versionOf(options);
  const around = options.in === undefined ? undefined : compilerInput(readDefinitionFiles(options.in));
  const xml = readFileSync(file, 'utf8');
  const imported = await importBpmn(xml, file, version).catch(unreadable(file, xml, context));
  const { text, problems, toFillIn } = imported;
  const isRefused = problems.length > 0;
  for (const each of isRefused ? problems : toFillIn) context.warn(problemWithSource(each, xml, file));
  if (isRefused) throw refused('saga');
  if (toFillIn.length > 0)
    return { text, problems: [], refusal: 'fill in what is named above; until then it does not compile' };
  return { text, problems: around === undefined ? [] : problemsOf(imported, basename(file), around) };
}

/** Its mistakes among the definitions it comes to; the one it takes the place of is left out. */
function problemsOf(
  { saga, version, text }: ImportedBpmn,
  name: string,
  { sources, others }: CompilerInput,
): readonly Problem[] {
  const file = `${name}.yaml`;
  const documents = sources
    .flatMap((source) => parseDocuments(source.text, source.file).documents)
    .filter(({ data }) => data['saga'] !== saga || data['version'] !== version);
  const { problems } = compileDefinitions([...documents, { file, text }], others);
  return problems.filter((problem) => problem.file === file);
}

function versionOf({ asVersion }: ImportOptions): number | undefined {
  if (asVersion === undefined) return undefined;
  const version = Number(asVersion);
  if (!Number.isInteger(version) || version < 1)
    throw new UsageError(`a version is a whole number from 1, and this is "${asVersion}"`);
  return version;
}

function unreadable(file: string, xml: string, context: CliContext): (error: Error) => never {
  return ({ message }) => {
    context.warn(problemWithSource(xmlProblem(message, file, xml), xml, file));
    throw new CommandFailedError(`${file} cannot be read`);
  };
}

function refused(what: string): CommandFailedError {
  return new CommandFailedError(
    `nothing was imported: draw these parts otherwise, or write the ${what} by hand`,
  );
}
