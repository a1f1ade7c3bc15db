import { blockOf } from '../blocks/registered-blocks.js';
import { at, isMap, itemsOf, rootOf, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { Path, SourceDocument } from '../document/source-document.js';
import type { Json, JsonObject } from '../json.js';
import { listsIn } from './block-names.js';
import { checkNames } from './saga-checks.js';
import { findVersion, readVersions, type Versioned, type VersionedSources } from './versioned.js';

/** The fragments of one compilation, by name and version. */
export type Fragments = Versioned<SourceDocument>;

/** Orders `fragment` documents by name and version. */
export function readFragments(sources: VersionedSources, log: ProblemLog): Fragments {
  return readVersions('fragment', sources, (document) => document, log);
}

/** The fragment that an `include` names, with the name of the include in front of the names of its blocks. */
export function includedFragment(
  include: Cursor,
  name: string,
  fragments: Fragments,
  log: ProblemLog,
): Cursor | undefined {
  const document = findVersion(at(include, 'fragment')!, at(include, 'version'), fragments, log);
  if (document === undefined) return undefined;
  checkNames(rootOf(document), log);
  return rootOf(withPrefix(document, `${name}.`));
}

/**
 * The same document with `prefix` in front of the name of every block, so that nothing outside can mean one of them.
 * Everything still stands where it was written.
 */
function withPrefix(document: SourceDocument, prefix: string): SourceDocument {
  const heads: Cursor[] = [];
  noteHeads(at(rootOf(document), 'steps'), heads);
  const data = heads.reduce<Json>(
    (changed, head) => replaced(changed, head.path, `${prefix}${String(head.value)}`),
    document.data,
  );
  return { ...document, data: data as JsonObject };
}

function noteHeads(list: Cursor | undefined, heads: Cursor[]): void {
  for (const block of itemsOf(list)) {
    const kind = blockOf(block);
    if (kind.isNamed) heads.push(at(block, kind.head)!);
    for (const inside of listsIn(block)) noteHeads(inside, heads);
  }
}

function replaced(value: Json, path: Path, by: Json): Json {
  const [step, ...rest] = path;
  if (step === undefined) return by;
  if (Array.isArray(value))
    return value.map((item: Json, index) => (index === step ? replaced(item, rest, by) : item));
  return isMap(value) ? { ...value, [step]: replaced(value[step]!, rest, by) } : value;
}
