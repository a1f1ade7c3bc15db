import type { FlowEdge, FlowGraph, FlowNode } from './flow-graph.js';

/** An edge that leads on to whatever comes next. */
export type Exit = Omit<FlowEdge, 'to'>;

/** A part of a graph that is still open at both ends. */
export interface Piece extends FlowGraph {
  /** Where it begins; absent: there is nothing in it. */
  readonly entry?: string;
  readonly exits: readonly Exit[];
}

/** Nothing. */
export const EMPTY: Piece = { nodes: [], edges: [], exits: [] };

/** One node that goes on behind itself. */
export function single(node: FlowNode): Piece {
  return { nodes: [node], edges: [], entry: node.id, exits: [{ from: node.id, kind: 'flow' }] };
}

/** One node behind which nothing comes. */
export function last(node: FlowNode): Piece {
  return { ...single(node), exits: [] };
}

/** What comes behind these exits. Of an empty piece they are the exits themselves. */
export function behind(exits: readonly Exit[], piece: Piece): Piece {
  const { entry } = piece;
  if (entry === undefined) return { ...EMPTY, exits };
  return { ...piece, edges: [...exits.map((exit) => ({ ...exit, to: entry })), ...piece.edges] };
}

/** One piece after the other. */
export function inSequence(pieces: readonly Piece[]): Piece {
  return pieces.reduce<Piece>((before, piece) => {
    if (before.entry === undefined) return piece;
    return { ...together([before, behind(before.exits, piece)]), entry: before.entry };
  }, EMPTY);
}

/** Pieces beside each other, with the exits of the last but those that it has taken over. */
function together([before, after]: readonly [Piece, Piece]): Piece {
  return {
    nodes: [...before.nodes, ...after.nodes],
    edges: [...before.edges, ...after.edges],
    exits: after.exits,
  };
}

/** Several ways that begin at one node. */
export function branching(node: FlowNode, ways: readonly (readonly [string | undefined, Piece])[]): Piece {
  const pieces = ways.map(([label, piece]) =>
    behind([{ from: node.id, kind: 'flow', ...(label !== undefined && { label }) }], piece),
  );
  return {
    nodes: [node, ...pieces.flatMap(({ nodes }) => nodes)],
    edges: pieces.flatMap(({ edges }) => edges),
    entry: node.id,
    exits: pieces.flatMap(({ exits }) => exits),
  };
}

/** A piece with a beginning and an end of its own. */
export function closed(id: string, piece: Piece, begin: Partial<FlowNode> = {}): FlowGraph {
  const start: FlowNode = { id: `${id}:start`, kind: 'start', label: 'start', contacts: [], ...begin };
  return ended(id, inSequence([single(start), piece]));
}

/** A piece with an end of its own. What never comes to its end needs none. */
export function ended(id: string, { nodes, edges, exits }: Piece): FlowGraph {
  if (exits.length === 0) return { nodes, edges };
  const done: FlowNode = { id: `${id}:done`, kind: 'done', label: 'done', contacts: [] };
  return {
    nodes: [...nodes, done],
    edges: [...edges, ...exits.map((exit) => ({ ...exit, to: done.id }))],
  };
}
