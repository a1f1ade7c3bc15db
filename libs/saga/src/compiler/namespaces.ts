import { at, itemsOf, rootOf, textAt, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { SourceDocument } from '../document/source-document.js';
import { suggestion } from '../expression/did-you-mean.js';

/** The namespaces of one compilation. */
export interface Namespaces {
  readonly all: readonly Cursor[];
  /** The one that a document belongs to; `undefined` where there is none. */
  readonly of: (document: SourceDocument) => Cursor | undefined;
}

/** Kinds of document that belong to a namespace. */
const MEMBERS = ['saga', 'fragment', 'standard', 'decision', 'participant'] as const;

/** Reads whose documents are. What is `broken` was complained about, and nothing of it is known. */
export function readNamespaces(
  documents: readonly SourceDocument[],
  broken: readonly string[],
  log: ProblemLog,
): Namespaces {
  const all = unrepeated(documents.filter(({ data }) => Object.hasOwn(data, 'namespace')).map(rootOf), log);
  const [first, second] = all.filter((namespace) => at(namespace, 'default')?.value === true);
  if (first !== undefined && second !== undefined)
    log.error(
      at(second, 'default')!,
      `Documents that do not say so belong to namespace "${nameOf(first)}" already. Leave this out.`,
    );
  const fallback = all.length === 1 ? all[0] : first;
  const named = (name: unknown) => all.find((namespace) => nameOf(namespace) === name);
  for (const document of documents) checkMember(document, all, { fallback, broken }, log);
  return {
    all,
    of: ({ data }) => {
      const name = data['namespace'] ?? data['belongsTo'];
      return name === undefined ? fallback : named(name);
    },
  };
}

/** What a namespace is called. */
export function nameOf(namespace: Cursor): string {
  return textAt(namespace, 'namespace')!;
}

function unrepeated(namespaces: readonly Cursor[], log: ProblemLog): readonly Cursor[] {
  const names = new Set<string>();
  return namespaces.filter((namespace) => {
    const isNew = !names.has(nameOf(namespace));
    if (!isNew)
      log.error(
        at(namespace, 'namespace')!,
        `There is another namespace "${nameOf(namespace)}". Keep one of them.`,
      );
    names.add(nameOf(namespace));
    return isNew;
  });
}

interface Others {
  readonly fallback: Cursor | undefined;
  readonly broken: readonly string[];
}

function checkMember(
  document: SourceDocument,
  all: readonly Cursor[],
  { fallback, broken }: Others,
  log: ProblemLog,
): void {
  const root = rootOf(document);
  const kind = MEMBERS.find((each) => at(root, each) !== undefined);
  const said = at(root, 'belongsTo');
  const names = all.map(nameOf);
  if (kind === undefined) return;
  if (said !== undefined && !names.includes(String(said.value)) && !broken.includes(String(said.value)))
    log.error(
      said,
      `There is no namespace "${String(said.value)}". Write a document \`namespace: ${String(said.value)}\`.${suggestion(String(said.value), names)}`,
    );
  if (said === undefined && fallback === undefined && all.length > 1)
    log.error(
      at(root, kind)!,
      `There are several namespaces (${names.join(', ')}), and this ${kind} does not say whose it is. Write \`belongsTo: ${names[0]}\` in it, or \`default: true\` in one of them.`,
    );
}

/** The items of a list of a namespace. */
export function listedIn(namespace: Cursor, ...keys: readonly string[]): readonly Cursor[] {
  const list = keys.reduce<Cursor | undefined>((found, key) => found && at(found, key), namespace);
  return itemsOf(list);
}
