import {
  compileDefinitions,
  explainSaga,
  parseDocuments,
  withTheirStandards,
  type SourceDocument,
} from '#libs/saga';
import { CommandFailedError, UsageError } from '../cli-context.js';
import { compilerInput, readDefinitionFiles } from '../definition-files.js';
import { outputOf, printResult, type CommandSetup } from './command-setup.js';

/** `skald explain`: a definition in words, for people who do not read YAML. */
export const explainCommand: CommandSetup = (program, context) => {
  program
    .command('explain')
    .description('read a definition out in words: what starts it, what it does, what it does when that fails')
    .argument('<definition>', 'name of a saga')
    .argument('[path]', 'a folder of definitions, or one file', '.')
    .action((definition: string, path: string, _options: unknown, command) => {
      const { document, around } = sagaIn(path, definition);
      const lines = explainSaga(document, around);
      printResult(context, outputOf(command), { definition, lines }, () => lines.join('\n'));
    });
};

/** A saga, and all that is written beside it. */
interface FoundSaga {
  readonly document: SourceDocument;
  readonly around: readonly SourceDocument[];
}

/** The newest version of a saga among definition files that have no mistake. */
function sagaIn(path: string, definition: string): FoundSaga {
  const { sources, others } = compilerInput(readDefinitionFiles(path));
  const documents = withTheirStandards(
    sources.flatMap(({ text, file }) => parseDocuments(text, file).documents),
  );
  const { programs } = compileDefinitions(documents, others);
  const [newest] = documents
    .filter(({ data }) => data['saga'] === definition)
    .toSorted((one, other) => Number(other.data['version']) - Number(one.data['version']));
  if (newest === undefined) {
    const known = documents.flatMap(({ data }) => (typeof data['saga'] === 'string' ? [data['saga']] : []));
    throw new UsageError(
      `there is no saga "${definition}" in "${path}"; there are ${[...new Set(known)].join(', ') || 'none'}`,
    );
  }
  const isSound = programs.some(
    (each) => each.definition === definition && each.version === newest.data['version'],
  );
  if (!isSound)
    throw new CommandFailedError(`"${definition}" has mistakes; skald validate ${path} shows them`);
  return { document: newest, around: documents };
}
