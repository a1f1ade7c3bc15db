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
  timeout: { word: 'time-out policy', in: ['policies', 'timeout'] },
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
  owner: Cursor | undefined,
  namespaces: Namespaces,
  log: ProblemLog,
): boolean {
  const name = String(named.value);
  const home = namespaces.of(named.document);
  if (owner === undefined || owner === home || isExported(owner, kind, name)) return true;
  log.error(
    named,
    `The ${SHARED[kind].word} "${name}" belongs to namespace "${nameOf(owner)}", which keeps it for itself. Write \`exports: { ${kind}: [${name}] }\` there, or use one of ${home === undefined ? 'your own' : `namespace "${nameOf(home)}"`}.`,
  );
  return false;
}

/** The namespace other than its own that has a name, and does not export it: for messages. */
export function keeperOf(kind: SharedKind, named: Cursor, namespaces: Namespaces): Cursor | undefined {
  const home = namespaces.of(named.document);
  return namespaces.all.find(
    (namespace) => namespace !== home && ownIn(namespace, kind).some(([own]) => own === named.value),
  );
}

/** Complains about a name that cannot be used here: another namespace keeps it, or nobody has it, with a hint at what is there. */
export function complainOf(
  kind: SharedKind,
  named: Cursor,
  namespaces: Namespaces,
  log: ProblemLog,
  otherwise: (hint: string) => string,
): void {
  const keeper = keeperOf(kind, named, namespaces);
  if (keeper !== undefined && !mayUse(kind, named, keeper, namespaces, log)) return;
  const known = [...visibleTo(named.document, kind, namespaces).keys()];
  log.error(named, otherwise(suggestion(String(named.value), known)));
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
  const roots = documents.map(rootOf);
  const exporters = new Map<string, Cursor>();
  for (const namespace of namespaces.all) {
    const members = roots.filter(({ document }) => namespaces.of(document) === namespace);
    for (const kind of Object.keys(SHARED) as SharedKind[]) {
      const { word } = SHARED[kind];
      const own = [
        ...ownIn(namespace, kind).map(([name]) => name),
        ...members.flatMap((member) => textAt(member, word) ?? []),
      ];
      for (const each of listedIn(namespace, 'exports', kind)) {
        if (own.includes(String(each.value))) checkExporter(each, kind, namespace, exporters, log);
        else if (!broken(word).includes(String(each.value)))
          log.error(
            each,
            `Namespace "${nameOf(namespace)}" has no ${word} "${String(each.value)}" to export.${suggestion(String(each.value), own)}`,
          );
      }
    }
  }
}

/** Whoever names it would not know which one is meant. */
function checkExporter(
  exported: Cursor,
  kind: SharedKind,
  namespace: Cursor,
  exporters: Map<string, Cursor>,
  log: ProblemLog,
): void {
  const thing = `${SHARED[kind].word} "${String(exported.value)}"`;
  const other = exporters.get(thing) ?? namespace;
  if (other !== namespace)
    log.error(
      exported,
      `Namespace "${nameOf(other)}" exports a ${thing} already. Give one of them another name.`,
    );
  exporters.set(thing, other);
}
