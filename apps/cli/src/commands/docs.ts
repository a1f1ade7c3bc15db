import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { explainSaga, parseDocuments, surveySagas, type SagaSurvey, type SourceDocument } from '#libs/saga';
import { CommandFailedError } from '../cli-context.js';
import { soundInput } from '../definition-files.js';
import { docsFile, docsIndex, docsPage, WRITTEN_BY } from '../docs-page.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';

const INDEX = 'README.md';

/** `skald docs`: pages about sagas, made of nothing but their definitions. */
export const docsCommand: CommandSetup = (program, context) => {
  program
    .command('docs')
    .description('write a Markdown page for each saga: in words, as a diagram, and what it deals with')
    .argument('[path]', 'a folder of definitions, or one file', '.')
    .option('--out <folder>', 'where the pages are', 'docs/sagas')
    .option('--check', 'write nothing; fail if a page is not what the definitions say')
    .action((path: string, { out, check }: { readonly out: string; readonly check?: boolean }, command) => {
      const pages = pagesOf(path);
      const stale = staleIn(out, pages);
      if (check === true && stale.length > 0)
        throw new CommandFailedError(
          `not what the definitions say: ${stale.map((file) => join(out, file)).join(', ')}; run skald docs`,
        );
      if (check !== true) write(out, pages, stale);
      const done = check === true ? 'up to date' : 'written';
      printResult(context, outputOf(command), { out, pages: [...pages.keys()], changed: stale }, () =>
        [`${done}: ${pages.size} pages in ${out}`, ...(check === true ? [] : stale)].join('\n'),
      );
    });
};

/** Every page by its file: the newest version of each saga, and an index. */
function pagesOf(path: string): ReadonlyMap<string, string> {
  const { sources, others } = soundInput(path);
  const documents = sources.flatMap(({ file, text }) => parseDocuments(text, file).documents);
  const surveys = newestOf(surveySagas(documents, others));
  return new Map([
    [INDEX, docsIndex(surveys)],
    ...surveys.map(
      (survey) => [docsFile(survey.saga), docsPage(survey, wordsOf(survey, documents))] as const,
    ),
  ]);
}

function newestOf(surveys: readonly SagaSurvey[]): readonly SagaSurvey[] {
  const newest = new Map<string, SagaSurvey>();
  for (const survey of surveys)
    if (survey.version >= (newest.get(survey.saga)?.version ?? 0)) newest.set(survey.saga, survey);
  return [...newest.values()].toSorted((one, other) => (one.saga < other.saga ? -1 : 1));
}

function wordsOf({ saga, version }: SagaSurvey, documents: readonly SourceDocument[]): readonly string[] {
  const document = documents.find(({ data }) => data['saga'] === saga && data['version'] === version)!;
  return explainSaga(document, documents);
}

/** Files that differ from what they should be, are missing, or are about sagas that are gone. */
function staleIn(out: string, pages: ReadonlyMap<string, string>): readonly string[] {
  const wrong = [...pages].filter(([file, text]) => textOf(join(out, file)) !== text).map(([file]) => file);
  const gone = (existsSync(out) ? readdirSync(out) : []).filter(
    (file) =>
      file.endsWith('.md') && !pages.has(file) && textOf(join(out, file))?.includes(WRITTEN_BY) === true,
  );
  return [...wrong, ...gone];
}

function textOf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

function write(out: string, pages: ReadonlyMap<string, string>, stale: readonly string[]): void {
  mkdirSync(out, { recursive: true });
  for (const file of stale) {
    const text = pages.get(file);
    if (text === undefined) rmSync(join(out, file));
    else writeFileSync(join(out, file), text);
  }
}
