import type { DefinitionSource } from '../compiler/compile-definitions.js';
import { listsIn, outerListsIn } from '../compiler/block-names.js';
import { blockOf } from '../blocks/registered-blocks.js';
import { at, entriesOf, itemsOf, longForm, rootOf, textAt, type Cursor } from '../document/cursor.js';
import { parseDocuments } from '../document/parse-documents.js';
import { originOf } from '../resolved/resolved-value.js';
import { contactsOf, endsOf, startsOf } from './contacts.js';
import type { Contact } from './flow-graph.js';
import { landscapeOf, type Landscape } from './landscape.js';

/** What something is that definitions declare or use. */
export type CatalogueKind =
  | 'saga'
  | 'fragment'
  | 'standard'
  | 'decision'
  | 'participant'
  | 'command'
  | 'event'
  | 'fact'
  | 'role'
  | 'calendar';

/** Something that definitions declare or use: what it is, where it is written, who uses it. */
export interface CatalogueEntry {
  readonly kind: CatalogueKind;
  readonly name: string;
  /** Its title and description. */
  readonly text?: string;
  /** Where it is declared, as `file:line`; absent where nobody declares it. */
  readonly origin?: string;
  /** `saga order: reserveStock`. */
  readonly usedBy: readonly string[];
}

/** Everything that definitions without mistakes declare or use. */
export function catalogueOf(sources: readonly DefinitionSource[]): readonly CatalogueEntry[] {
  const documents = sources.flatMap((source) =>
    'data' in source ? [source] : parseDocuments(source.text, source.file).documents,
  );
  const land = landscapeOf(documents);
  const roots = documents.map(rootOf);
  const entries = new Map<string, CatalogueEntry>();
  for (const entry of roots.flatMap(declaredIn)) entries.set(`${entry.kind} ${entry.name}`, entry);
  for (const { kind, name, by } of roots.flatMap((root) => usesIn(root, land))) {
    const known = entries.get(`${kind} ${name}`) ?? { kind, name, usedBy: [] };
    if (known.usedBy.includes(by)) continue;
    entries.set(`${kind} ${name}`, { ...known, usedBy: [...known.usedBy, by] });
  }
  return [...entries.values()];
}

/** Entries that a word is in: in their name, in what is written about them, or in what uses them. */
export function findInCatalogue(
  catalogue: readonly CatalogueEntry[],
  word: string,
): readonly CatalogueEntry[] {
  const has = (text: string | undefined) => text?.toLowerCase().includes(word.toLowerCase()) === true;
  const named = catalogue.filter(({ name }) => has(name));
  const others = catalogue.filter(
    (entry) => !named.includes(entry) && (has(entry.text) || entry.usedBy.some(has)),
  );
  return [...named, ...others];
}

const DOCUMENTS = ['saga', 'fragment', 'standard', 'decision', 'participant'] as const;

function declaredIn(root: Cursor): readonly CatalogueEntry[] {
  const kind = DOCUMENTS.find((each) => at(root, each) !== undefined);
  if (kind === undefined)
    return [...under(root, 'roles', 'role', ''), ...under(root, 'calendars', 'calendar', '')];
  const name = textAt(root, kind)!;
  const own = { kind, name, ...described(root), ...originOf(at(root, kind)!), usedBy: [] };
  return [
    own,
    ...under(root, 'commands', 'command', `${name}.`),
    ...under(root, 'events', 'event', ''),
    ...under(root, 'facts', 'fact', ''),
  ];
}

function under(root: Cursor, key: string, kind: CatalogueKind, prefix: string): readonly CatalogueEntry[] {
  return entriesOf(at(root, key)).map(([name, cursor]) => ({
    kind,
    name: prefix + name,
    ...described(cursor),
    ...originOf(cursor),
    usedBy: [],
  }));
}

function described(cursor: Cursor): { readonly text?: string } {
  const text = ['title', 'description'].flatMap((key) => textAt(cursor, key) ?? []).join('. ');
  return text === '' ? {} : { text };
}

const USERS = ['saga', 'fragment', 'standard'] as const;

interface Use {
  readonly kind: CatalogueKind;
  readonly name: string;
  readonly by: string;
}

function usesIn(root: Cursor, land: Landscape): readonly Use[] {
  const kind = USERS.find((each) => at(root, each) !== undefined);
  if (kind === undefined) return [];
  const by = (block: string) => `${kind} ${textAt(root, kind)}: ${block}`;
  const around = [['start', startsOf(root, land)] as const, ['end', endsOf(root, land)] as const];
  const blocks = [at(root, 'steps'), ...outerListsIn(root)].flatMap(everyBlockIn);
  return [
    ...standardsIn(root).map((name) => ({ kind: 'standard', name, by: by('use') }) as const),
    ...around.flatMap(([place, contacts]) => contacts.flatMap((contact) => usesOf(contact, by(place)))),
    ...blocks.flatMap((block) => {
      const name = by(String(at(block, blockOf(block).head)!.value));
      const [table, fragment] = [textAt(block, 'table'), textAt(block, 'fragment')];
      return [
        ...(table === undefined ? [] : [{ kind: 'decision', name: table, by: name } as const]),
        ...(fragment === undefined ? [] : [{ kind: 'fragment', name: fragment, by: name } as const]),
        ...contactsOf(block, root, land).flatMap((contact) => usesOf(contact, name)),
      ];
    }),
  ];
}

function standardsIn(root: Cursor): readonly string[] {
  return itemsOf(at(root, 'use')).flatMap((use) => textAt(longForm(use, 'standard'), 'standard') ?? []);
}

function everyBlockIn(list: Cursor | undefined): readonly Cursor[] {
  return itemsOf(list).flatMap((block) => [block, ...listsIn(block).flatMap(everyBlockIn)]);
}

const KINDS: Readonly<Record<Contact['way'], CatalogueKind>> = {
  asks: 'command',
  verifies: 'command',
  undoes: 'command',
  hears: 'event',
  tells: 'event',
  people: 'role',
  runs: 'saga',
  follows: 'saga',
  knows: 'fact',
};

function usesOf({ way, name, party }: Contact, by: string): readonly Use[] {
  const own = { kind: KINDS[way], name, by };
  return own.kind === 'command' ? [own, { kind: 'participant', name: party, by }] : [own];
}
