import type { FlowEdge, FlowGraph, FlowNode } from '#libs/saga';

/**
 * A graph in which every node means in BPMN what it means here: where people, or the first of several events, decide how
 * to go on, a gateway does so behind them. Several ways out of an activity would all be taken.
 */
export function bpmnGraph(graph: FlowGraph): FlowGraph {
  const parts = graph.nodes.map((node) => deciding(withInside(node), graph));
  const moved = new Map(parts.flatMap(({ nodes }) => [[nodes[0]!.id, nodes.at(-1)!.id] as const]));
  const own = graph.edges.filter(({ from, kind }) => kind !== 'flow' || moved.get(from) === from);
  return {
    nodes: parts.flatMap(({ nodes }) => nodes),
    edges: [...own, ...parts.flatMap(({ edges }) => edges)],
  };
}

function withInside(node: FlowNode): FlowNode {
  return node.inside === undefined ? node : { ...node, inside: bpmnGraph(node.inside) };
}

interface Part {
  readonly nodes: readonly FlowNode[];
  /** Edges that take the place of those from the node. */
  readonly edges: readonly FlowEdge[];
}

function deciding(node: FlowNode, { edges }: FlowGraph): Part {
  const out = edges.filter(({ from, kind }) => from === node.id && kind === 'flow');
  const isActivity = node.inside === undefined && !['choice', 'way', 'fork'].includes(node.kind);
  if (!isActivity || out.length < 2) return { nodes: [node], edges: [] };
  const way: FlowNode = {
    id: `${node.id}:which`,
    kind: 'way',
    label: node.decides ?? '',
    contacts: [],
    ...(node.writtenAt !== undefined && { writtenAt: node.writtenAt }),
  };
  return {
    nodes: [node, way],
    edges: [{ from: node.id, to: way.id, kind: 'flow' }, ...out.map((edge) => ({ ...edge, from: way.id }))],
  };
}
