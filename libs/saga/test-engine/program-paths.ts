import type { CommandAsk, Node } from '../src/node.js';
import { operationParts, type OperationName } from '../src/operation-name.js';
import type { Program } from '../src/program.js';
import type { Operation } from '../src/engine/engine-state.js';
import { nodesOf } from './nodes-of.js';

/** In random programs a command's block, the id of its node, and what stands before `@` in the state are one. */
export function blockOf({ at }: Pick<Operation, 'at'>): string {
  return at.split('@')[0]!;
}

/** The block that an operation belongs to. */
export function blockIn(name: OperationName): string {
  return operationParts(name)!.block;
}

/** `<block>[@<iteration>]` of an operation. */
export function placeOf(name: OperationName): string {
  return name.split('/')[0]!;
}

/** The name of an operation. */
export function nameOf({ at, round }: Pick<Operation, 'at' | 'round'>): OperationName {
  return `${at}/${round}/do`;
}

/** Whether two operations were sent from different legs of one `par`. */
export function areParallel(program: Program, one: OperationName, other: OperationName): boolean {
  const [left, right] = [pathTo(program, blockIn(one)), pathTo(program, blockIn(other))];
  const [mine, theirs] = [operationParts(one)!.iteration, operationParts(other)!.iteration];
  let loops = 0;
  for (const [depth, id] of left.entries()) {
    const node = nodeAt(program, id);
    if (id !== right[depth]) return depth > 0 && nodeAt(program, left[depth - 1]!).kind === 'par';
    if (!isIterated(node)) continue;
    if (mine[loops] !== theirs[loops]) return node.kind === 'par';
    loops += 1;
  }
  return false;
}

/** How many loops are around a node. */
export function timesAround(program: Program, id: string): number {
  return pathTo(program, id).filter((outer) => outer !== id && isIterated(nodeAt(program, outer))).length;
}

/** Whether two operations inside a node belong to the same time of the loops around it. */
export function areInOneTime(
  program: Program,
  id: string,
  one: OperationName,
  other: OperationName,
): boolean {
  const loops = pathTo(program, id).filter(
    (outer) => outer !== id && isIterated(nodeAt(program, outer)),
  ).length;
  const [mine, theirs] = [operationParts(one)!.iteration, operationParts(other)!.iteration];
  return mine.slice(0, loops).join() === theirs.slice(0, loops).join();
}

function isIterated(node: Node): boolean {
  return node.kind === 'loop' || (node.kind === 'par' && node.items !== undefined);
}

/** The ask of a block, if it asks a participant. */
export function commandOf(program: Program, block: string): CommandAsk | undefined {
  const node = nodeAt(program, block);
  return node.kind === 'ask' && node.channel === 'command' ? node : undefined;
}

interface Index {
  readonly nodes: ReadonlyMap<string, Node>;
  readonly paths: ReadonlyMap<string, readonly string[]>;
  /** Ids of nodes inside handlers and loops. */
  readonly repeatable: ReadonlySet<string>;
}

const indices = new WeakMap<Program, Index>();

/** The node with an id. */
export function nodeAt(program: Program, id: string): Node {
  return indexOf(program).nodes.get(id)!;
}

/** Ids from the root to a node. */
export function pathTo(program: Program, id: string): readonly string[] {
  return indexOf(program).paths.get(id) ?? [];
}

function indexOf(program: Program): Index {
  const known = indices.get(program);
  if (known !== undefined) return known;
  const nodes = new Map(nodesOf(program.root).map((node) => [node.id, node]));
  const paths = new Map([...nodes.keys()].map((id) => [id, pathFrom(program.root, id)!]));
  const repeatable = new Set(
    [...nodes.values()].flatMap(repeatableIn).flatMap((child) => nodesOf(child).map(({ id }) => id)),
  );
  const index = { nodes, paths, repeatable };
  indices.set(program, index);
  return index;
}

function repeatableIn(node: Node): readonly Node[] {
  if (node.kind === 'loop') return [node.child];
  return node.kind === 'scope'
    ? Object.values(node.handlers).flatMap(({ child }) => (child === undefined ? [] : [child]))
    : [];
}

function pathFrom(node: Node, id: string): readonly string[] | undefined {
  if (node.id === id) return [id];
  const children = nodesOf(node).filter((other) => other !== node);
  const inside = children.find((child) => child.id === id);
  if (inside === undefined) return undefined;
  const child = children.find((candidate) => nodesOf(candidate).includes(inside))!;
  return [node.id, ...pathFrom(child, id)!];
}
/** Whether a block may be done more than once: inside handlers and loops. */
export function isRepeatable(program: Program, block: string): boolean {
  return indexOf(program).repeatable.has(block);
}
