import { at, entriesOf, itemsOf, rootOf, textAt, type Cursor } from '../document/cursor.js';
import type { SourceDocument } from '../document/source-document.js';
import { parseDocuments } from '../document/parse-documents.js';
import { ENGINE_ERRORS } from '../engine-errors.js';
import type { DefinitionSource } from '../compiler/compile-definitions.js';
import type { NameKind } from '../shape/known-names.js';

/** Everything that has a name in a workspace, by kind. */
export type KnownNames = Readonly<Record<NameKind, readonly string[]>>;

/** Collects the names of what there is, also out of documents that have mistakes. */
export function knownNames(sources: readonly DefinitionSource[]): KnownNames {
  const documents = sources.flatMap(documentsOf).map(rootOf);
  const ofKind = (kind: string) => documents.filter((document) => at(document, kind) !== undefined);
  const participants = ofKind('participant');
  const commands = participants.flatMap((participant) =>
    keysAt(participant, 'commands').map(
      (command) => `${textAt(participant, 'participant') ?? ''}.${command}`,
    ),
  );
  const rejects = participants.flatMap((participant) =>
    entriesOf(at(participant, 'commands')).flatMap(([, command]) => textsOf(at(command, 'rejects'))),
  );
  const namespaces = ofKind('namespace');
  const policies = namespaces.flatMap((namespace) => at(namespace, 'policies') ?? []);
  const spoken = ['saga', 'fragment', 'standard'].flatMap(ofKind).flatMap(blocksIn);
  return {
    calendar: sorted(namespaces.flatMap((namespace) => keysAt(namespace, 'calendars'))),
    command: sorted(commands),
    error: sorted([...ENGINE_ERRORS, ...rejects, ...spoken.flatMap((block) => textAt(block, 'raise') ?? [])]),
    event: sorted([
      ...participants.flatMap((participant) => keysAt(participant, 'events')),
      ...spoken.flatMap((block) => (at(block, 'emit') === undefined ? [] : (textAt(block, 'event') ?? []))),
    ]),
    fragment: sorted(ofKind('fragment').flatMap((document) => textAt(document, 'fragment') ?? [])),
    retryPolicy: sorted(policies.flatMap((each) => keysAt(each, 'retry'))),
    role: sorted(namespaces.flatMap((namespace) => keysAt(namespace, 'roles'))),
    saga: sorted(ofKind('saga').flatMap((document) => textAt(document, 'saga') ?? [])),
    standard: sorted(ofKind('standard').flatMap((document) => textAt(document, 'standard') ?? [])),
    table: sorted(ofKind('decision').flatMap((document) => textAt(document, 'decision') ?? [])),
    timeoutPolicy: sorted(policies.flatMap((each) => keysAt(each, 'timeout'))),
  };
}

function documentsOf(source: DefinitionSource): readonly SourceDocument[] {
  return 'data' in source ? [source] : parseDocuments(source.text, source.file).documents;
}

/** Every map of a document, however deep. */
function blocksIn(cursor: Cursor): readonly Cursor[] {
  const inside = [...entriesOf(cursor).map(([, value]) => value), ...itemsOf(cursor)];
  return [cursor, ...inside.flatMap(blocksIn)];
}

function keysAt(cursor: Cursor, key: string): readonly string[] {
  return entriesOf(at(cursor, key)).map(([name]) => name);
}

function textsOf(cursor: Cursor | undefined): readonly string[] {
  return itemsOf(cursor).flatMap(({ value }) => (typeof value === 'string' ? value : []));
}

function sorted(names: readonly string[]): readonly string[] {
  return [...new Set(names)].filter((name) => name !== '').sort();
}
