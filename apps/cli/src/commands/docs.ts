import { join } from 'node:path';
import {
  explainSaga,
  parseDocuments,
  surveySagas,
  withTheirStandards,
  type SagaSurvey,
  type SourceDocument,
} from '#libs/saga';
import { CommandFailedError, UsageError } from '../cli-context.js';
import { soundInput, type CompilerInput } from '../definition-files.js';
import { renewPages, stalePages, staleText } from '../docs-folder.js';
import { docsFile, docsIndex, docsPage } from '../docs-page.js';
import { publishedInput } from '../published-input.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';

const INDEX = 'README.md';

interface DocsOptions {
  readonly out: string;
  readonly check?: boolean;
  readonly published?: boolean;
}

/** `skald docs`: pages about sagas, made of nothing but their definitions. */
export const docsCommand: CommandSetup = (program, context) => {
  program
    .command('docs')
    .description('write a Markdown page for each saga: in words, as a diagram, and what it deals with')
    .argument('[path]', 'a folder of definitions, or one file (default: ".")')
    .option('--published', 'about what is published at the coordinator, instead of files')
    .option('--out <folder>', 'where the pages are', 'docs/sagas')
    .option(
      '--check',
      'write nothing; fail if a page is not what the definitions say, and show the difference',
    )
    .action(async (path: string | undefined, { out, check, published }: DocsOptions, command) => {
      if (published === true && path !== undefined)
        throw new UsageError(`--published is about what is published; leave "${path}" out`);
      const input = published === true ? await publishedInput(context) : soundInput(path ?? '.');
      const pages = pagesOf(input);
      const stale = stalePages(out, pages);
      if (check === true && stale.length > 0) {
        const again = ['skald docs', published === true ? '--published' : (path ?? '.'), '--out', out];
        throw new CommandFailedError(
          [
            ...stale.map((page) => staleText(out, page)),
            `not what the definitions say: ${stale.map(({ file }) => join(out, file)).join(', ')}; run ${again.join(' ')}`,
          ].join('\n'),
        );
      }
      if (check !== true) renewPages(out, stale);
      const changed = stale.map(({ file }) => file);
      const done = check === true ? 'up to date' : 'written';
      printResult(context, outputOf(command), { out, pages: [...pages.keys()], changed }, () =>
        [`${done}: ${pages.size} pages in ${out}`, ...changed].join('\n'),
      );
    });
};

/** Every page by its file: the newest version of each saga, and an index. */
function pagesOf({ sources, others }: CompilerInput): ReadonlyMap<string, string> {
  const written = sources.flatMap(({ file, text }) => parseDocuments(text, file).documents);
  const surveys = newestOf(surveySagas(written, others));
  const documents = withTheirStandards(written);
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
