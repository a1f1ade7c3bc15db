import { at, completed, entriesOf, itemsOf, longForm, rootOf, type Cursor } from '../document/cursor.js';
import { ProblemLog } from '../document/problem-log.js';
import type { SourceDocument } from '../document/source-document.js';
import type { JsonObject } from '../json.js';
import { readNamespaces } from './namespaces.js';
import { findVersion, readVersions, type Versioned, type VersionedSources } from './versioned.js';

/** The standards of one compilation, by name and version. */
export type Standards = Versioned<SourceDocument>;

/** Orders `standard` documents by name and version. */
export function readStandards(sources: VersionedSources, log: ProblemLog): Standards {
  return readVersions('standard', sources, (document) => document, log);
}

/** The standards that a saga uses, nearest first. */
export function standardsOf(saga: Cursor, standards: Standards, log: ProblemLog): readonly Cursor[] {
  return itemsOf(at(saga, 'use')).flatMap((written) => {
    const use = longForm(written, 'standard');
    const found = findVersion(at(use, 'standard')!, at(use, 'version'), standards, log);
    return found === undefined ? [] : [rootOf(found)];
  });
}

/** A saga with what the standards it uses say, where it says nothing itself; other documents as they are. */
export function withStandards(
  document: SourceDocument,
  standards: Standards,
  log: ProblemLog,
): SourceDocument {
  if (!Object.hasOwn(document.data, 'saga')) return document;
  const saga = rootOf(document);
  const places = [saga, ...standardsOf(saga, standards, log)];
  if (places.length === 1) return document;
  const [timeout] = places.flatMap((place) => at(place, 'timeout') ?? []);
  const found = { timeout, catch: joined(places, 'catch'), outcomes: joined(places, 'outcomes') };
  const others = Object.fromEntries(
    Object.entries(found).flatMap(([key, cursor]) => (cursor === undefined ? [] : [[key, cursor] as const])),
  );
  return { ...document, data: completed(saga, others).value as JsonObject };
}

/** The documents, with sagas as the standards among them make them; what cannot be found is left out. */
export function withTheirStandards(documents: readonly SourceDocument[]): readonly SourceDocument[] {
  const log = new ProblemLog();
  const written = documents.filter(({ data }) => Object.hasOwn(data, 'standard'));
  if (written.length === 0) return documents;
  const namespaces = readNamespaces(documents, [], log);
  const standards = readStandards({ documents: written, broken: [], namespaces }, log);
  return documents.map((document) => withStandards(document, standards, log));
}

/** The entries of a map that is said in several places; the nearest counts for each. */
function joined(places: readonly Cursor[], key: string): Cursor | undefined {
  const [nearest, ...others] = places.flatMap((place) => at(place, key) ?? []);
  if (nearest === undefined) return undefined;
  const inherited = others
    .toReversed()
    .flatMap(entriesOf)
    .filter(([name]) => at(nearest, name) === undefined);
  return completed(nearest, Object.fromEntries(inherited));
}
