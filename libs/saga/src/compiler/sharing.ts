import { at, entriesOf, itemsOf, rootOf, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { SourceDocument } from '../document/source-document.js';
import { suggestion } from '../expression/did-you-mean.js';
import { listedIn, nameOf, type Namespaces } from './namespaces.js';

/** What a namespace shares: how messages call it, and where it is written in the namespace, if it is. */
export const SHARED = {
  fragments: { word: 'fragment' },
  standards: { word: 'standard' },
  decisions: { word: 'decision' },
  retry: { word: 'retry policy', in: ['policies', 'retry'] },
  roles: { word: 'role', in: ['roles'] },
  calendars: { word: 'calendar', in: ['calendars'] },
  secrets: { word: 'secret', in: ['secrets'] },
} as const satisfies Readonly<Record<string, { readonly word: string; readonly in?: readonly string[] }>>;

/** The kinds of things that namespaces share. */
export type SharedKind = keyof typeof SHARED;

/** What a namespace has of a kind by name, where it is written in the namespace itself. */
export function ownIn(
  namespace: Cursor | undefined,
  kind: SharedKind,
): readonly (readonly [string, Cursor])[] {
  const place = SHARED[kind];
  if (namespace === undefined || !('in' in place)) return [];
  const found = place.in.reduce<Cursor | undefined>((cursor, key) => cursor && at(cursor, key), namespace);
  return [...entriesOf(found), ...itemsOf(found).map((item) => [String(item.value), item] as const)];
}

/** All that a document can name of a kind: what its namespace has, and what the others export. */
export function visibleTo(
  document: SourceDocument,
  kind: SharedKind,
  namespaces: Namespaces,
): ReadonlyMap<string, Cursor> {
  const home = namespaces.of(document);
  const others = namespaces.all.filter((namespace) => namespace !== home);
  return new Map([
    ...others.flatMap((other) => ownIn(other, kind).filter(([name]) => isExported(other, kind, name))),
    ...ownIn(home, kind),
  ]);
}

/** Complains about a name of what belongs to another namespace that keeps it; true where it may be used. */
export function mayUse(
  kind: SharedKind,
  named: Cursor,
  name: string,
  owner: Cursor | undefined,
  namespaces: Namespaces,
  log: ProblemLog,
): boolean {
  const home = namespaces.of(named.document);
  if (owner === undefined || owner === home || isExported(owner, kind, name)) return true;
  log.error(
    named,
    `The ${SHARED[kind].word} "${name}" belongs to namespace "${nameOf(owner)}", which keeps it for itself. Write \`exports: { ${kind}: [${name}] }\` there, or use one of ${home === undefined ? 'your own' : `namespace "${nameOf(home)}"`}.`,
  );
  return false;
}

/** The namespace other than its own that has a name, and does not export it: for messages. */
export function keeperOf(
  kind: SharedKind,
  named: Cursor,
  name: string,
  namespaces: Namespaces,
): Cursor | undefined {
  const home = namespaces.of(named.document);
  return namespaces.all.find(
    (namespace) => namespace !== home && ownIn(namespace, kind).some(([own]) => own === name),
  );
}

/** Complains about a name that cannot be used here: another namespace keeps it, or nobody has it. */
export function complainOf(
  kind: SharedKind,
  named: Cursor,
  namespaces: Namespaces,
  log: ProblemLog,
  otherwise: string,
): void {
  const name = String(named.value);
  const keeper = keeperOf(kind, named, name, namespaces);
  if (keeper === undefined || mayUse(kind, named, name, keeper, namespaces, log)) {
    const known = [...visibleTo(named.document, kind, namespaces).keys()];
    log.error(named, otherwise.replace('?', suggestion(name, known)));
  }
}

function isExported(namespace: Cursor, kind: SharedKind, name: string): boolean {
  return listedIn(namespace, 'exports', kind).some(({ value }) => value === name);
}

/** Complains about exports of what is not there, or of what another namespace exports under the same name. */
export function checkExports(
  documents: readonly SourceDocument[],
  broken: (kind: string) => readonly string[],
  namespaces: Namespaces,
  log: ProblemLog,
): void {
  const exported = new Map<string, Cursor>();
  const roots = documents.map(rootOf);
  for (const namespace of namespaces.all)
    for (const kind of Object.keys(SHARED) as SharedKind[]) {
      const { word } = SHARED[kind];
      const written = roots.filter(({ document }) => namespaces.of(document) === namespace);
      const own = [
        ...ownIn(namespace, kind).map(([name]) => name),
        ...written.flatMap((root) => textAt(root, word) ?? []),
      ];
      for (const each of listedIn(namespace, 'exports', kind)) {
        const name = String(each.value);
        const other = exported.get(`${kind} ${name}`);
        if (!own.includes(name) && !broken(word).includes(name))
          log.error(
            each,
            `Namespace "${nameOf(namespace)}" has no ${word} "${name}" to export.${suggestion(name, own)}`,
          );
        else if (other !== undefined)
          log.error(
            each,
            `Namespace "${nameOf(other)}" exports a ${word} "${name}" already. Give one of them another name.`,
          );
        exported.set(`${kind} ${name}`, namespace);
      }
    }
}
