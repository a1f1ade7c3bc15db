import {
  compileDefinitions,
  formatProblem,
  parseDocuments,
  type Contracts,
  type Problem,
  type Program,
} from '#libs/saga';
import type { Publication, PublishedDocument, PublishedFile } from '../definition-store.js';
import { LayoutError } from '../store-errors.js';
import type { DocumentPiece } from './document-pieces.js';

/** What came of compiling documents together. */
export interface CompiledDocuments {
  readonly programs: readonly Program[];
  readonly contracts: Contracts;
  readonly problems: readonly Problem[];
}

/** Kind, name and version of a document. */
export type DocumentHead = Pick<PublishedDocument, 'kind' | 'name' | 'version'>;

const publishedKinds = ['saga', 'fragment', 'standard', 'decision', 'participant', 'namespace'] as const;

/** Compiles documents that see each other, with the files they refer to. */
export function compileDocuments(
  documents: readonly DocumentPiece[],
  files: readonly PublishedFile[],
): CompiledDocuments {
  const sources = documents.map(({ file, text }) => ({ file, text }));
  const { programs, contracts, problems } = compileDefinitions(
    sources,
    Object.fromEntries(files.map(({ path, text }) => [path, text])),
  );
  return { programs, contracts, problems };
}

/**
 * The programs of everything published.
 *
 * @throws LayoutError when something does not compile: it was published by a version of Skald that understood it.
 */
export function compilePublication(publication: Publication): readonly Program[] {
  const { programs, problems } = compileDocuments(publication.documents, publication.files);
  assertCompiled(problems);
  return programs;
}

/**
 * The contracts among everything published.
 *
 * @throws LayoutError as {@link compilePublication} does.
 */
export function publishedContracts({ documents, files }: Publication): Contracts {
  const { contracts, problems } = compileDocuments(documents, files);
  assertCompiled(problems);
  return contracts;
}

function assertCompiled(problems: readonly Problem[]): void {
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return;
  throw new LayoutError(
    `published definitions do not compile with this version of Skald:\n${errors.map(formatProblem).join('\n')}`,
  );
}

/** The head of a document, or `undefined` where it cannot be read; compiling it says why. */
export function headOf({ file, text }: DocumentPiece): DocumentHead | undefined {
  const data = parseDocuments(text, file).documents[0]?.data;
  const kind = publishedKinds.find((one) => typeof data?.[one] === 'string');
  if (data === undefined || kind === undefined) return undefined;
  const version = data['version'];
  return { kind, name: String(data[kind]), version: typeof version === 'number' ? version : 0 };
}
