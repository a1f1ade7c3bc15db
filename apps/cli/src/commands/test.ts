import { statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { compileDefinitions, didYouMean, runTests, type TestReport, type TestSuite } from '#libs/saga';
import { CommandFailedError, UsageError, type CliContext } from '../cli-context.js';
import { compilerInput, readDefinitionFiles, type DefinitionFiles } from '../definition-files.js';
import { junitText } from '../junit.js';
import { testPage } from '../test-page.js';
import type { CommandSetup } from './command-setup.js';
import { printProblems } from './validate.js';

interface TestOptions {
  readonly only?: string;
  readonly definitions?: string;
}

/** A folder of definitions, and which files of it hold the tests to run; all of them where none is named. */
interface Wanted {
  readonly folder: string;
  readonly files: readonly string[];
}

/** `skald test`: plays the cases of tests documents; needs neither coordinator nor broker nor database. */
export const testCommand: CommandSetup = (program, context) => {
  program
    .command('test')
    .description('run tests of sagas on a virtual clock; needs nothing but the files')
    .argument('[files...]', 'tests documents, or folders of them', ['.'])
    .option('--only <text>', 'only cases whose name contains this')
    .option('-d, --definitions <folder>', 'where sagas and contracts are; by default the folder of the tests')
    .addOption(
      new Option('-o, --output <format>', 'how results are written').choices(['text', 'json', 'junit']),
    )
    .action((paths: readonly string[], options: TestOptions, command: Command) => {
      const suites = wantedBy(paths, options).flatMap((wanted) => suitesOf(wanted, context));
      const before = context.clock.elapsed();
      const reports = suites.map((suite) => reportOf(suite, options));
      const tookMs = context.clock.elapsed() - before;
      if (options.only !== undefined) checkOnly(options.only, reports);
      const format = command.optsWithGlobals<{ output?: string }>().output ?? 'text';
      context.print(written(reports, format, tookMs));
      if (reports.some(({ isPassed }) => !isPassed)) throw new CommandFailedError('tests failed');
    });
};

function written(reports: readonly TestReport[], format: string, tookMs: number): string {
  if (format === 'json') return JSON.stringify(reports, undefined, 2);
  return format === 'junit' ? junitText(reports) : testPage(reports, tookMs);
}

/** Files of one folder are compiled once, together with whatever is beside them. */
function wantedBy(paths: readonly string[], { definitions }: TestOptions): readonly Wanted[] {
  const folders = new Map<string, string[]>();
  for (const path of paths) {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats === undefined) throw new UsageError(`there is no file or folder "${path}"`);
    const folder = definitions ?? (stats.isDirectory() ? path : dirname(path));
    const files = folders.get(folder) ?? [];
    folders.set(folder, files);
    if (!stats.isDirectory())
      files.push(definitions === undefined ? basename(path) : relative(definitions, resolve(path)));
    else if (definitions !== undefined) files.push(`${relative(definitions, resolve(path))}/`);
  }
  return [...folders].map(([folder, files]) => ({ folder, files }));
}

/** Tests, and the folder they were read from. */
interface FoundSuite {
  readonly suite: TestSuite;
  readonly found: DefinitionFiles;
}

function suitesOf({ folder, files }: Wanted, context: CliContext): readonly FoundSuite[] {
  const found = readDefinitionFiles(folder);
  const { sources, others } = compilerInput(found);
  const { tests, problems } = compileDefinitions(sources, others);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    printProblems(context, found, { problems: errors, errors: errors.length, sagas: [] });
    throw new CommandFailedError('the definitions have errors, so nothing was run');
  }
  const suites = tests.filter(({ file }) => isWanted(file, files));
  if (suites.length === 0) throw new UsageError(noTests(folder, files, tests));
  return suites.map((suite) => ({ suite, found }));
}

function reportOf({ suite, found }: FoundSuite, { only }: TestOptions): TestReport {
  return shown(runTests(suite, only === undefined ? {} : { only }), found);
}

function isWanted(file: string, files: readonly string[]): boolean {
  return (
    files.length === 0 ||
    files.some((wanted) => (wanted.endsWith('/') ? file.startsWith(wanted) : file === wanted))
  );
}

function noTests(folder: string, files: readonly string[], tests: readonly TestSuite[]): string {
  const what = files.length === 0 ? `"${folder}"` : files.map((file) => `"${join(folder, file)}"`).join(', ');
  const elsewhere = tests.map(({ file }) => join(folder, file)).join(', ');
  return `there is no document \`tests: <saga>\` in ${what}${elsewhere === '' ? '' : `; there is one in ${elsewhere}`}`;
}

/** A text that no case has would make every run a success. */
function checkOnly(only: string, reports: readonly TestReport[]): void {
  if (reports.some(({ cases }) => cases.length > 0)) return;
  const names = reports.flatMap(({ names: known }) => known);
  throw new UsageError(
    `no case is called like "${only}".${didYouMean(only, names) || ` There are: ${names.join('; ')}`}`,
  );
}

/** The report with paths as the user would type them. */
function shown(report: TestReport, { shownPath }: DefinitionFiles): TestReport {
  const place = <T extends { readonly place: TestReport['cases'][number]['place'] }>(one: T): T => ({
    ...one,
    place: { ...one.place, file: shownPath(one.place.file) },
  });
  const cases = report.cases.map((one) => ({ ...place(one), mismatches: one.mismatches.map(place) }));
  return { ...report, file: shownPath(report.file), cases };
}
