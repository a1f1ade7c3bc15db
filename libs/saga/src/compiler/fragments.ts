import { blockOf } from '../blocks/registered-blocks.js';
import { at, isMap, itemsOf, rootOf, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { Path, SourceDocument } from '../document/source-document.js';
import { suggestion } from '../expression/did-you-mean.js';
import type { Json, JsonObject } from '../json.js';
import { listsIn } from './block-names.js';
import { checkNames } from './saga-checks.js';

/** The fragments of one compilation, by name and version. */
export type Fragments = ReadonlyMap<string, ReadonlyMap<number, SourceDocument>>;

/** Orders `fragment` documents by name and version. What is `broken` was complained about, and is there without a version. */
export function readFragments(
  documents: readonly SourceDocument[],
  broken: readonly string[],
  log: ProblemLog,
): Fragments {
  const fragments = new Map<string, Map<number, SourceDocument>>();
  for (const name of broken) fragments.set(name, new Map());
  for (const document of documents) {
    const root = rootOf(document);
    const name = textAt(root, 'fragment')!;
    const version = at(root, 'version')!;
    const versions = fragments.get(name) ?? new Map<number, SourceDocument>();
    if (versions.has(Number(version.value)))
      log.error(
        version,
        `Version ${String(version.value)} of fragment "${name}" is written twice. Give this one another version.`,
      );
    fragments.set(name, versions.set(Number(version.value), document));
  }
  return fragments;
}

/** The fragment that an `include` names, with the name of the include in front of the names of its blocks. */
export function includedFragment(
  include: Cursor,
  name: string,
  fragments: Fragments,
  log: ProblemLog,
): Cursor | undefined {
  const document = findFragment(include, fragments, log);
  if (document === undefined) return undefined;
  checkNames(rootOf(document), log);
  return rootOf(withPrefix(document, `${name}.`));
}

/** The fragment that an `include` names: the version it says, else the newest; complains when there is none. */
function findFragment(block: Cursor, fragments: Fragments, log: ProblemLog): SourceDocument | undefined {
  const name = textAt(block, 'fragment')!;
  const versions = fragments.get(name);
  if (versions === undefined) {
    log.error(
      at(block, 'fragment')!,
      `There is no fragment "${name}". Write a document \`fragment: ${name}\`.${suggestion(name, [...fragments.keys()])}`,
    );
    return undefined;
  }
  if (versions.size === 0) return undefined;
  const wanted = at(block, 'version');
  const version = wanted === undefined ? Math.max(...versions.keys()) : Number(wanted.value);
  const found = versions.get(version);
  if (found === undefined)
    log.error(
      wanted!,
      `Fragment "${name}" has no version ${version}. There is ${[...versions.keys()].sort((a, b) => a - b).join(', ')}.`,
    );
  return found;
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
