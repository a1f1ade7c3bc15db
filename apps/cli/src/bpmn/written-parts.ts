import { stringify } from 'yaml';
import { allNodes, type FlowGraph, type FlowNode, type Json, type JsonObject, type Path } from '#libs/saga';
import { nodeId } from './bpmn-id.js';
import type { SkaldExtension } from './skald-extension.js';

/** Gives every node of one graph what its element has to say, for the graph to be read back as it was written. */
export type SaidOf = (node: FlowNode, around: FlowGraph) => SkaldExtension | undefined;

/** Knows the text of a saga by its nodes. What stands in other documents, as in fragments, is `foreign`. */
export function writtenParts(saga: JsonObject, graph: FlowGraph): { saga: string; saidOf: SaidOf } {
  const blocks = allNodes(graph).filter(isBlock);
  const drawn = new Set(blocks.map(({ writtenAt }) => keyOf(writtenAt!.slice(0, -1))));
  const textAt = (path: Path): string => {
    const value = path.reduce<Json>((outer, step) => (outer as Record<string, Json>)[step]!, saga);
    return stringify(emptied(value, path, drawn), { lineWidth: 0 });
  };
  return { saga: textAt([]), saidOf: (node, around) => saidOf(node, around, textAt) };
}

function saidOf(
  node: FlowNode,
  around: FlowGraph,
  textAt: (path: Path) => string,
): SkaldExtension | undefined {
  const { id, kind, writtenAt } = node;
  if (kind === 'start' || kind === 'done') return undefined;
  if (kind === 'caught' || kind === 'heard')
    return writtenAt === undefined ? { $type: 'skald:Part', of: 'foreign' } : undefined;
  if (writtenAt === undefined) return { $type: 'skald:Part', of: partOf(node) ?? 'foreign' };
  const next = behind(writtenAt, around);
  const leads = { ...(next !== undefined && { next: nodeId(next) }) };
  const of = partOf(node);
  if (of !== undefined)
    return { $type: 'skald:Part', of, ...leads, ...(of === 'if' && { text: node.decides! }) };
  const join = kind === 'fork' ? { join: nodeId(`${id}:join`) } : {};
  return { $type: 'skald:Block', ...leads, ...join, text: textAt(writtenAt) };
}

/** Nodes that stand beside or around a block have ids of their own, which no block can have. */
function partOf({ id }: FlowNode): string | undefined {
  return /:([a-z]+)$/.exec(id)?.[1];
}

function isBlock(node: FlowNode): boolean {
  const { kind, writtenAt } = node;
  return writtenAt !== undefined && partOf(node) === undefined && kind !== 'caught' && kind !== 'heard';
}

/** Where the ways lead that leave a block with everything that belongs to it. */
function behind(path: Path, { nodes, edges }: FlowGraph): string | undefined {
  const within = new Set(
    nodes
      .filter(({ writtenAt }) => writtenAt !== undefined && path.every((step, i) => writtenAt[i] === step))
      .map(({ id }) => id),
  );
  return edges.find(({ from, to }) => within.has(from) && !within.has(to))?.to;
}

/** The same without the lists of blocks that have elements of their own. */
function emptied(value: Json, path: Path, drawn: ReadonlySet<string>): Json {
  if (Array.isArray(value)) {
    if (drawn.has(keyOf(path))) return [];
    return value.map((each: Json, index) => emptied(each, [...path, index], drawn));
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, emptied(each, [...path, key], drawn)]),
  );
}

function keyOf(path: Path): string {
  return JSON.stringify(path);
}
