import { at, entriesOf, itemsOf, rootOf, type Cursor } from '../document/cursor.js';
import type { ProblemLog } from '../document/problem-log.js';
import type { SourceDocument } from '../document/source-document.js';
import type { Node } from '../node.js';
import type { Program } from '../program.js';
import { DEFAULT_MAX_HOPS } from '../starting/max-hops.js';
import { childrenOf } from './node-walk.js';

/** That one saga runs another. */
interface Link {
  readonly to: string;
  /** Nothing decides whether it does. */
  readonly isSure: boolean;
}

type Links = ReadonlyMap<string, readonly Link[]>;

/**
 * Complains about sagas that run each other in a ring: one that no condition ends is an error, any other one is warned
 * about. One that says at some block how many hops are meant is nobody's mistake.
 */
export function checkRings(
  programs: readonly Program[],
  documents: readonly SourceDocument[],
  log: ProblemLog,
): void {
  const newest = newestOf(programs);
  const links = new Map([...newest].map(([name, { root }]) => [name, linksIn(root, true)] as const));
  const told = new Set<string>();
  for (const [from, own] of links)
    for (const { to } of own) {
      const sure = ringOf(links, from, to, ({ isSure }) => isSure);
      const ring = sure ?? ringOf(links, from, to, () => true);
      const name = ring?.toSorted().join(' ');
      if (ring === undefined || told.has(name!)) continue;
      told.add(name!);
      tellRing(whereAsked(documents, newest.get(from)!, to), [...ring, from], sure !== undefined, log);
    }
}

function tellRing(cursor: Cursor, ring: readonly string[], isSure: boolean, log: ProblemLog): void {
  const way = `Sagas run each other in a ring: ${ring.join(' → ')}.`;
  if (isSure)
    log.error(
      cursor,
      `${way} Nothing in it ever ends that. Put a condition on one of the blocks, or write how many are meant, such as \`maxHops: 3\`.`,
    );
  else
    log.warning(
      cursor,
      `${way} When ${DEFAULT_MAX_HOPS} lie behind one, no more is started. Write how many are meant, such as \`maxHops: 3\`.`,
    );
}

/** The sagas from `from` by way of `to`, until `from` would come again; the shortest way, or none. */
function ringOf(
  links: Links,
  from: string,
  to: string,
  counts: (link: Link) => boolean,
): readonly string[] | undefined {
  const leading = (links.get(from) ?? []).some((link) => link.to === to && counts(link));
  const ways: (readonly string[])[] = leading ? [[from, to]] : [];
  const seen = new Set<string>();
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    const last = way.at(-1)!;
    if (last === from) return way.slice(0, -1);
    if (seen.has(last)) continue;
    seen.add(last);
    for (const link of links.get(last) ?? []) if (counts(link)) ways.push([...way, link.to]);
  }
  return undefined;
}

/** What a tree runs, but for blocks that say themselves how far it may go. */
function linksIn(node: Node, isSure: boolean): readonly Link[] {
  if (node.kind === 'ask' && node.channel === 'saga')
    return node.maxHops === undefined ? [{ to: node.definition, isSure }] : [];
  return childrenOf(node).flatMap((child) => linksIn(child, isSure && isAlwaysDone(node, child)));
}

/** Whether a child is begun whenever its node is. */
function isAlwaysDone(node: Node, child: Node): boolean {
  switch (node.kind) {
    case 'pick':
      return false;
    case 'par':
      return node.items === undefined;
    case 'scope':
      return node.child === child;
    case 'seq':
    case 'loop':
      return true;
    case 'ask':
    case 'calc':
    case 'tell':
    case 'raise':
      return false;
  }
}

/** The newest version of each definition, by name. */
export function newestOf(programs: readonly Program[]): ReadonlyMap<string, Program> {
  const newest = new Map<string, Program>();
  for (const program of programs) {
    const known = newest.get(program.definition);
    if (known === undefined || known.version < program.version) newest.set(program.definition, program);
  }
  return newest;
}

/** Where a saga names the other one; what stands in a fragment is told at its head. */
function whereAsked(
  documents: readonly SourceDocument[],
  { definition, version }: Program,
  to: string,
): Cursor {
  const document = documents.find(({ data }) => data['saga'] === definition && data['version'] === version)!;
  const root = rootOf(document);
  return nameIn(root, to) ?? at(root, 'saga')!;
}

function nameIn(cursor: Cursor, to: string): Cursor | undefined {
  const name = at(cursor, 'definition');
  if (name?.value === to && at(cursor, 'saga') !== undefined) return name;
  const parts = [...itemsOf(cursor), ...entriesOf(cursor).map(([, part]) => part)];
  for (const part of parts) {
    const found = nameIn(part, to);
    if (found !== undefined) return found;
  }
  return undefined;
}
