import { at, rootOf, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { SourceDocument } from '../document/source-document.js';
import { suggestion } from '../expression/did-you-mean.js';
import { nameOf, type Namespaces } from './namespaces.js';
import { mayUse } from './sharing.js';

/** What sagas share and name with or without a version. */
export interface Versioned<T> {
  readonly kind: VersionedKind;
  readonly byName: ReadonlyMap<string, ReadonlyMap<number, T>>;
  /** The namespace that each name belongs to. */
  readonly owners: ReadonlyMap<string, Cursor | undefined>;
  readonly namespaces: Namespaces;
}

/** The kinds of document that sagas name so. */
export type VersionedKind = 'fragment' | 'decision' | 'standard';

/** Documents of one kind. What is `broken` was complained about, and is there without a version. */
export interface VersionedSources {
  readonly documents: readonly SourceDocument[];
  readonly broken: readonly string[];
  readonly namespaces: Namespaces;
}

/** Orders documents of a kind by name and version. */
export function readVersions<T>(
  kind: VersionedKind,
  { documents, broken, namespaces }: VersionedSources,
  read: (document: SourceDocument) => T,
  log: ProblemLog,
): Versioned<T> {
  const owners = new Map<string, Cursor | undefined>();
  const found = new Map<string, Map<number, T>>();
  for (const name of broken) found.set(name, new Map());
  for (const document of documents) {
    const root = rootOf(document);
    const name = textAt(root, kind)!;
    const version = at(root, 'version')!;
    const versions = found.get(name) ?? new Map<number, T>();
    if (versions.has(Number(version.value)))
      log.error(
        version,
        `Version ${String(version.value)} of ${kind} "${name}" is written twice. Give this one another version.`,
      );
    found.set(name, versions.set(Number(version.value), read(document)));
    const owner = namespaces.of(document);
    if (owners.has(name) && owners.get(name) !== owner) checkOwner(kind, root, owners.get(name), log);
    else owners.set(name, owner);
  }
  return { kind, byName: found, owners, namespaces };
}

/** Nobody can put a version of their own in place of what others share. */
function checkOwner(kind: VersionedKind, root: Cursor, owner: Cursor | undefined, log: ProblemLog): void {
  const whose = owner === undefined ? 'no namespace' : `namespace "${nameOf(owner)}"`;
  log.error(
    at(root, kind)!,
    `Another version of the ${kind} "${textAt(root, kind)!}" belongs to ${whose}. All versions belong to one: give this one another name.`,
  );
}

/** What is named: the version that is wanted, else the newest; complains when there is none. */
export function findVersion<T>(
  named: Cursor,
  wanted: Cursor | undefined,
  { kind, byName, owners, namespaces }: Versioned<T>,
  log: ProblemLog,
): T | undefined {
  const name = String(named.value);
  const versions = byName.get(name);
  if (versions === undefined) {
    log.error(
      named,
      `There is no ${kind} "${name}". Write a document \`${kind}: ${name}\`.${suggestion(name, [...byName.keys()])}`,
    );
    return undefined;
  }
  if (versions.size === 0) return undefined;
  if (!mayUse(`${kind}s`, named, owners.get(name), namespaces, log)) return undefined;
  const version = wanted === undefined ? Math.max(...versions.keys()) : Number(wanted.value);
  const found = versions.get(version);
  if (found === undefined)
    log.error(
      wanted!,
      `${kind[0]!.toUpperCase()}${kind.slice(1)} "${name}" has no version ${version}. There is ${[...versions.keys()].sort((a, b) => a - b).join(', ')}.`,
    );
  return found;
}
