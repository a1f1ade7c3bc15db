import { at, rootOf, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { SourceDocument } from '../document/source-document.js';
import { suggestion } from '../expression/did-you-mean.js';

/** What sagas share and name with or without a version, by name and version. */
export type Versioned<T> = ReadonlyMap<string, ReadonlyMap<number, T>>;

/** The kinds of document that sagas name so. */
export type VersionedKind = 'fragment' | 'decision' | 'standard';

/** Orders documents of a kind by name and version. What is `broken` was complained about, and is there without a version. */
export function readVersions<T>(
  kind: VersionedKind,
  documents: readonly SourceDocument[],
  broken: readonly string[],
  read: (document: SourceDocument) => T,
  log: ProblemLog,
): Versioned<T> {
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
  }
  return found;
}

/** What is named: the version that is wanted, else the newest; complains when there is none. */
export function findVersion<T>(
  kind: VersionedKind,
  named: Cursor,
  wanted: Cursor | undefined,
  among: Versioned<T>,
  log: ProblemLog,
): T | undefined {
  const name = String(named.value);
  const versions = among.get(name);
  if (versions === undefined) {
    log.error(
      named,
      `There is no ${kind} "${name}". Write a document \`${kind}: ${name}\`.${suggestion(name, [...among.keys()])}`,
    );
    return undefined;
  }
  if (versions.size === 0) return undefined;
  const version = wanted === undefined ? Math.max(...versions.keys()) : Number(wanted.value);
  const found = versions.get(version);
  if (found === undefined)
    log.error(
      wanted!,
      `${kind[0]!.toUpperCase()}${kind.slice(1)} "${name}" has no version ${version}. There is ${[...versions.keys()].sort((a, b) => a - b).join(', ')}.`,
    );
  return found;
}
