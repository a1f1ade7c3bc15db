import type { JsonObject } from '#libs/saga';
import type { DrawnGraph, DrawnNode, DrawnProblem, DrawnWay } from './drawn-graph.js';

/** What it means that a way ends where a list is read: the list is over, the saga is, or it may not end there. */
type AtEnd = 'over' | 'end' | 'refused';

/** What is known where blocks are read out of a graph. */
export interface Reading {
  readonly graph: DrawnGraph;
  readonly problems: DrawnProblem[];
  /** Elements that belong to a block already. */
  readonly seen: Set<string>;
  /** Where the list at hand goes over into what lies around it. */
  readonly stops: ReadonlySet<string>;
  readonly atEnd: AtEnd;
  /** The same for the lists of its blocks. */
  readonly atEndWithin: AtEnd;
  /** A name for what somebody has drawn by hand, different from all others. */
  readonly nameFor: (node: DrawnNode) => string;
  readonly readList: (entry: string | undefined, reading: Reading) => DrawnList;
  /** The blocks of a process or a sub-process. */
  readonly readInside: (graph: DrawnGraph, atEndWithin: AtEnd) => readonly JsonObject[];
}

/** Blocks one behind the other, and the stops that their ways have come to. */
export interface DrawnList {
  readonly blocks: readonly JsonObject[];
  readonly reached: ReadonlySet<string>;
}

/** A block with everything that belongs to it. */
export interface DrawnPiece {
  readonly block: JsonObject;
  /** Where it goes on; absent: nowhere, or in what lies around it. */
  readonly next?: string | undefined;
  readonly reached: ReadonlySet<string>;
}

/** Several ways, each with its blocks, and where they come together. */
export interface DrawnWays {
  readonly lists: readonly { readonly way: DrawnWay; readonly blocks: readonly JsonObject[] }[];
  readonly next: string | undefined;
  readonly reached: ReadonlySet<string>;
}

/** No stops. */
export const NOWHERE: ReadonlySet<string> = new Set();

/** Says that something is wrong with an element. */
export function complain({ problems }: Reading, id: string, message: string): void {
  problems.push({ id, message });
}

/** Says of what nothing leads to that it would be lost; of what lies behind another problem that is no news. */
export function complainOfUnreached(reading: Reading): void {
  if (reading.problems.length > 0) return;
  for (const { id, type, block } of reading.graph.nodes.values())
    if (!reading.seen.has(id) && !(type === 'EndEvent' && block === undefined))
      complain(reading, id, 'no way leads here');
}

/** Which part of a block an element is that is no block by itself. */
export function partOf(node: DrawnNode | undefined): string | undefined {
  return node?.said?.$type === 'skald:Part' ? node.said.of : undefined;
}

/** An end that says nothing but that nothing comes behind it. */
export function isPlainEnd(node: DrawnNode): boolean {
  return node.type === 'EndEvent' && node.said === undefined && node.event === undefined;
}

/** Reads ways that begin at one element. */
export function readWays(
  node: DrawnNode,
  ways: readonly DrawnWay[],
  reading: Reading,
  together = whereTogether(node, ways, reading),
): DrawnWays {
  const stops = together === undefined ? reading.stops : new Set([...reading.stops, together]);
  const inside: Reading = { ...reading, stops, atEnd: reading.atEndWithin };
  const lists = ways.map((way) => ({ way, ...reading.readList(way.to, inside) }));
  const reached = new Set(lists.flatMap((list) => [...list.reached]));
  if (together !== undefined && !reading.stops.has(together)) reached.delete(together);
  return { lists, next: together, reached };
}

/** The first element that several ways lead to; where only one goes on, what the element says itself. */
export function whereTogether(
  node: DrawnNode,
  ways: readonly DrawnWay[],
  reading: Reading,
): string | undefined {
  const all = ways.map(({ to }) => behind(to, node.id, reading));
  const isShared = (id: string): boolean =>
    !reading.stops.has(id) && all.filter((each) => each.has(id)).length > 1;
  const shared = all.flatMap((each) => [...each]).find(isShared);
  const said = node.said?.next;
  return shared ?? (said !== undefined && all.some((each) => each.has(said)) ? said : undefined);
}

/** Everything a way leads to, the nearest first. */
function behind(entry: string, from: string, { graph, stops }: Reading): ReadonlySet<string> {
  const found = new Set([entry]);
  for (const id of found) {
    const node = graph.nodes.get(id);
    if (node === undefined || id === from || stops.has(id)) continue;
    for (const { to } of [...node.ways, ...node.boundaries]) found.add(to);
  }
  return found;
}
