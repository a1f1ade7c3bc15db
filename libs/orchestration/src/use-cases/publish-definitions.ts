import { NoFieldKeys, type FieldKeys } from '#libs/messaging';
import { formatProblem, type Problem, type Program } from '#libs/saga';
import type { DefinitionStore, Publication, PublishedDocument, PublishedFile } from '../definition-store.js';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import type { TopicAdmin } from '../topic-admin.js';
import { compileDocuments, headOf } from './compile-documents.js';
import {
  holdsDefinitions,
  identityOf,
  piecesOf,
  storedText,
  type DefinitionText,
  type DocumentPiece,
} from './document-pieces.js';
import { missingKeyProblems } from './missing-keys.js';
import { provideTopics, type TopicPolicy } from './provide-topics.js';
import { RequestError } from './request-error.js';
import type { TakeBaselines } from './take-baselines.js';

/** What is to be published, and who publishes. */
export interface PublishRequest {
  /** Definitions (`.yaml`, `.yml`) and the files they refer to. */
  readonly files: readonly DefinitionText[];
  readonly by: string;
}

/** What a publication came to. */
export interface PublishResult {
  readonly revision: number;
  /** Each document given; `isNew` is false where the same text was published before. */
  readonly documents: readonly {
    readonly kind: string;
    readonly name: string;
    readonly version: number;
    readonly isNew: boolean;
  }[];
  /** What deserves a look, in compiler style. */
  readonly warnings: readonly string[];
  readonly topicsCreated: readonly string[];
}

/** What {@link PublishDefinitions} works with. */
export interface PublishDefinitionsOptions {
  readonly store: DefinitionStore;
  readonly topics: TopicAdmin;
  readonly definitions: LoadedDefinitions;
  readonly topicPolicy: TopicPolicy;
  readonly baselines: TakeBaselines;
  /** The keys that definitions may encrypt with. Default: none. */
  readonly fieldKeys?: FieldKeys;
}

/**
 * Publishes definitions with the files they refer to.
 *
 * Everything published before is compiled together with what is new, so that a changed contract cannot take the
 * ground from under instances that are under way. Topics come before the definitions that need them. With a new version
 * of a saga it is kept how the one before went.
 */
export class PublishDefinitions {
  constructor(private readonly options: PublishDefinitionsOptions) {}

  /** @throws RequestError with every problem; DefinitionConflictError when a version is published with another text. */
  async publish(request: PublishRequest): Promise<PublishResult> {
    const { store, definitions, topics, topicPolicy } = this.options;
    const pieces = request.files.filter(({ path }) => holdsDefinitions(path)).flatMap(piecesOf);
    const files = request.files.filter(({ path }) => !holdsDefinitions(path));
    if (pieces.length === 0)
      throw new RequestError(
        'INVALID_REQUEST',
        'there is no definition in what was sent: no .yaml or .yml file with content',
      );

    const before = await store.load();
    const { documents, programs, problems } = compileNew(before, pieces, files);
    const wrong = problems.filter(({ severity }) => severity === 'error');
    const errors =
      wrong.length > 0 ? wrong : missingKeyProblems(programs, this.options.fieldKeys ?? new NoFieldKeys());
    if (errors.length > 0)
      throw new RequestError('INVALID_DEFINITIONS', countText(errors.length), errors.map(formatProblem));

    const topicsCreated = await provideTopics(topics, topicPolicy, programs);
    const taken = await this.options.baselines.take(documents, before.documents);
    const revision = await store.publish(documents, files, request.by, taken.baselines);
    await definitions.refresh();
    const given = new Set(request.files.map(({ path }) => path));
    return {
      revision,
      documents: documents.map((document) => resultOf(document, before)),
      warnings: [
        ...problems
          .filter(({ severity, file }) => severity === 'warning' && given.has(file))
          .map(formatProblem),
        ...taken.warnings,
      ],
      topicsCreated,
    };
  }
}

interface CompiledNew {
  readonly documents: readonly PublishedDocument[];
  readonly programs: readonly Program[];
  readonly problems: readonly Problem[];
}

/** Compiles what is new in place of what it replaces, among everything else that is published. */
function compileNew(
  before: Publication,
  pieces: readonly DocumentPiece[],
  files: readonly PublishedFile[],
): CompiledNew {
  const documents = pieces.flatMap((piece) => {
    const head = headOf(piece);
    return head === undefined ? [] : [{ ...head, file: piece.file, text: storedText(piece) }];
  });
  const replaced = new Set(documents.map(identityOf));
  const kept = before.documents.filter((document) => !replaced.has(identityOf(document)));
  const others = before.files.filter(({ path }) => !files.some((file) => file.path === path));
  return { documents, ...compileDocuments([...kept, ...pieces], [...others, ...files]) };
}

function resultOf({ kind, name, version, text }: PublishedDocument, before: Publication) {
  const wasThere = before.documents.some(
    (one) => identityOf(one) === identityOf({ kind, name, version }) && one.text === text,
  );
  return { kind, name, version, isNew: !wasThere };
}

function countText(count: number): string {
  return count === 1
    ? 'there is an error in the definitions'
    : `there are ${count} errors in the definitions`;
}
