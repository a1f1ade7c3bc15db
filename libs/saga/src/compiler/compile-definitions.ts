import { at, rootOf, textAt } from '../document/cursor.js';
import { parseDocuments } from '../document/parse-documents.js';
import type { Problem } from '../document/problem.js';
import { ProblemLog } from '../document/problem-log.js';
import type { SourceDocument } from '../document/source-document.js';
import { didYouMean } from '../expression/did-you-mean.js';
import { NOT_SUPPORTED, notSupportedYet } from '../not-supported.js';
import type { Program } from '../program.js';
import { checkFields } from '../shape/container-shapes.js';
import { checkerOf } from './check-block.js';
import { checkOwners } from './check-owners.js';
import { checkNamespace } from './check-namespace.js';
import { checkSecrets } from './check-secrets.js';
import { compileSaga, type CompileContext } from './compile-saga.js';
import { readContracts, type Contracts } from './contracts.js';
import { readDecisions } from './decisions.js';
import { demandsOf } from './demands.js';
import type { Setting } from './inheritance.js';
import { compileTests } from '../trial/compile-tests.js';
import type { TestSuite } from '../trial/test-suite.js';
import { DOCUMENT_SHAPES } from './document-shapes.js';
import { readNamespaces } from './namespaces.js';
import { otherSagas } from './other-sagas.js';
import { readPeople } from './people.js';
import { checkReaders } from './fact-readers.js';
import { readFragments } from './fragments.js';
import { readReleases, type Release } from './releases.js';
import { checkRings } from './saga-rings.js';
import { checkExports } from './sharing.js';
import { SchemaFiles } from './schema-files.js';
import { readStandards, withStandards } from './standards.js';
import { readTimeoutPolicies } from './timeout-policies.js';

/** A file of definitions as text, or one document that was read or built before. */
export type DefinitionSource = { readonly file: string; readonly text: string } | SourceDocument;

/** What `compileDefinitions` makes of its sources. */
export interface CompiledDefinitions {
  /** The sagas that can run, in the order they were written. A saga with an error is not among them. */
  readonly programs: readonly Program[];
  /** Errors and warnings, in the order of the text. Nothing should be published while there is an error. */
  readonly problems: readonly Problem[];
  readonly contracts: Contracts;
  /** Documents of tests whose saga is there, read and checked. Nothing is run. */
  readonly tests: readonly TestSuite[];
  /** What is to be switched while sagas run. Nothing is applied. */
  readonly releases: readonly Release[];
}

/** Whoever wants to know more than what comes of it. */
export interface Watch {
  /** Is told of every setting that a block looks for. */
  readonly onSetting?: (setting: Setting) => void;
}

/**
 * Compiles sagas together with the contracts and the namespace they are written against.
 *
 * Pure and deterministic: the same text gives the same programs. `files` holds the text of the JSON Schemas
 * that documents refer to, by path; a reference is looked up beside its document first. Never throws for what
 * the sources contain: mistakes come back as `problems`.
 */
export function compileDefinitions(
  sources: readonly DefinitionSource[],
  files: Readonly<Record<string, string>> = {},
  watch: Watch = {},
): CompiledDefinitions {
  const log = new ProblemLog();
  const documents = sources.flatMap((source) => readSource(source, log));
  const accepted = documents.filter((document) => isSound(document, log));
  const brokenOf = (kind: string) =>
    documents
      .filter((document) => !accepted.includes(document))
      .flatMap(({ data }) => (Object.hasOwn(data, kind) ? [String(data[kind])] : []));
  const namespaces = readNamespaces(accepted, brokenOf('namespace'), log);
  for (const namespace of namespaces.all) checkNamespace(namespace, log);
  const shared = (kind: string) => ({
    documents: documentsOf(kind, accepted),
    broken: brokenOf(kind),
    namespaces,
  });
  const standards = readStandards(shared('standard'), log);
  const sound = accepted.map((document) => withStandards(document, standards, log));
  const ofKind = (kind: string) => documentsOf(kind, sound);
  checkExports(sound, brokenOf, namespaces, log);
  checkSecrets(sound, namespaces, log);
  const schemas = new SchemaFiles(files, log);
  const demandsOn = (document: SourceDocument) => demandsOf(namespaces.of(document));
  const contracts = readContracts(ofKind('participant'), schemas, demandsOn, log);
  checkOwners(sound, namespaces, contracts, log);
  const people = readPeople(namespaces, schemas, log);
  const decisions = readDecisions(shared('decision'), schemas, log);
  const fragments = readFragments(shared('fragment'), log);
  const context: CompileContext = {
    contracts,
    decisions,
    fragments,
    standards,
    namespaces,
    people,
    timeouts: readTimeoutPolicies(namespaces, people, log),
    sagas: otherSagas(ofKind('saga'), fragments),
    files: schemas,
    log,
    ...watch,
  };
  const programs = unrepeated(ofKind('saga'), log).flatMap((saga) => compiledIfSound(saga, context));
  checkRings(programs, ofKind('saga'), log);
  checkReaders(
    ofKind('participant'),
    { programs, written: documentsOf('saga', documents), files: schemas },
    log,
  );
  const tested = {
    programs,
    written: documentsOf('saga', documents),
    contracts,
    log,
  };
  const tests = ofKind('tests').flatMap((document) => compileTests(document, tested) ?? []);
  const releases = readReleases(ofKind('release'), ofKind('saga'), log);
  return { programs, problems: log.problems, contracts, tests, releases };
}

function documentsOf(kind: string, documents: readonly SourceDocument[]): readonly SourceDocument[] {
  return documents.filter(({ data }) => Object.hasOwn(data, kind));
}

function readSource(source: DefinitionSource, log: ProblemLog): readonly SourceDocument[] {
  if ('data' in source) return [source];
  const { documents, problems } = parseDocuments(source.text, source.file);
  log.addAll(problems);
  return documents;
}

/** Looks at the form of a document; only a sound one is compiled. */
function isSound(document: SourceDocument, log: ProblemLog): boolean {
  const before = log.errors;
  const cursor = rootOf(document);
  const keys = Object.keys(document.data);
  const kinds = Object.keys(DOCUMENT_SHAPES) as (keyof typeof DOCUMENT_SHAPES)[];
  const heads = kinds.filter((kind) => keys.includes(kind));
  const later = keys.find((key) => (NOT_SUPPORTED.documents as readonly string[]).includes(key));
  if (later !== undefined) log.errorAtKey(at(cursor, later)!, notSupportedYet(`The document \`${later}\``));
  else if (heads.length === 1) checkFields(cursor, DOCUMENT_SHAPES[heads[0]!], checkerOf(log));
  else if (heads.length > 1)
    log.errorAtKey(
      at(cursor, heads[1]!)!,
      `A document has one head, and this one has ${heads.join(' and ')}. Put \`---\` between two documents.`,
    );
  else
    log.error(
      cursor,
      `This document does not say what it is. Begin it with \`saga: <name>\`, \`participant: <name>\` or \`namespace: <name>\`.${didYouMean(keys[0] ?? '', kinds)}`,
    );
  return log.errors === before;
}

function compiledIfSound(saga: SourceDocument, context: CompileContext): readonly Program[] {
  const before = context.log.errors;
  const program = compileSaga(saga, context);
  return context.log.errors === before ? [program] : [];
}

/** A version means one text. */
function unrepeated(sagas: readonly SourceDocument[], log: ProblemLog): readonly SourceDocument[] {
  const seen = new Set<string>();
  return sagas.filter((document) => {
    const saga = rootOf(document);
    const version = at(saga, 'version')!;
    const id = `${textAt(saga, 'saga')} ${String(version.value)}`;
    const isRepeated = seen.has(id);
    if (isRepeated)
      log.error(
        version,
        `Version ${String(version.value)} of saga "${textAt(saga, 'saga')}" is written twice. Give this one another version.`,
      );
    seen.add(id);
    return !isRepeated;
  });
}
