import { allNodes, type Contact, type FlowGraph, type FlowNode } from './flow-graph.js';

/** Where work passes from one to another. */
export interface Handoff {
  readonly from: string;
  readonly to: string;
  /** Whose it was, and whose it is then: the owner where one is known, else the party. */
  readonly fromWhom: string;
  readonly toWhom: string;
}

/** Whom work lies with: whoever a block asks, waits for or runs, before anybody else it deals with. */
export function partyOf({ contacts }: FlowNode): Contact | undefined {
  return contacts.find(({ way }) => way === 'asks' || way === 'people' || way === 'runs' || way === 'hears');
}

/** Who answers for the other side of a contact. */
export function whoseIs({ owner, party }: Contact): string {
  return owner ?? party;
}

/** Every place where the next block's work lies with somebody else than the last one's. */
export function handoffsIn(graph: FlowGraph): readonly Handoff[] {
  const found = stepsIn(graph).flatMap(([from, to]): readonly Handoff[] => {
    const [fromWhom, toWhom] = [partyOf(from), partyOf(to)].map((party) => party && whoseIs(party));
    return fromWhom === undefined || toWhom === undefined || fromWhom === toWhom
      ? []
      : [{ from: from.id, to: to.id, fromWhom, toWhom }];
  });
  return [...new Map(found.map((handoff) => [`${handoff.from} ${handoff.to}`, handoff])).values()];
}

type Step = readonly [FlowNode, FlowNode];

/** Pairs of blocks with a party of which the second may follow right on the first. */
function stepsIn(graph: FlowGraph): readonly Step[] {
  const own = graph.edges.flatMap((edge) => {
    const from = nodeAt(graph, edge.from);
    const ends =
      edge.kind === 'flow' || from.inside === undefined
        ? lastOf(from, graph, new Set())
        : interrupted(from.inside, edge.label);
    const begins = firstOf(nodeAt(graph, edge.to), graph, new Set());
    return ends.flatMap((end) => begins.map((begin): Step => [end, begin]));
  });
  return [...own, ...graph.nodes.flatMap(({ inside }) => (inside === undefined ? [] : stepsIn(inside)))];
}

function nodeAt({ nodes }: FlowGraph, id: string): FlowNode {
  return nodes.find((node) => node.id === id)!;
}

/** Whoever worked last when a node is left: itself, the end of what it holds, or whatever stands before it. */
function lastOf(node: FlowNode, graph: FlowGraph, seen: Set<string>): readonly FlowNode[] {
  if (seen.has(node.id)) return [];
  seen.add(node.id);
  if (node.inside !== undefined) {
    const { inside } = node;
    const done = inside.nodes.filter(({ kind }) => kind === 'done');
    return done.flatMap((end) => lastOf(end, inside, new Set()));
  }
  if (partyOf(node) !== undefined) return [node];
  return graph.edges
    .filter(({ to }) => to === node.id)
    .flatMap(({ from }) => lastOf(nodeAt(graph, from), graph, seen));
}

/** Whoever may be at work when something reaches a block that holds others: those who raise that error, else all. */
function interrupted(graph: FlowGraph, error: string | undefined): readonly FlowNode[] {
  const raisers = raisersOf(graph, error);
  return raisers.length > 0 ? raisers : allNodes(graph).filter((node) => partyOf(node) !== undefined);
}

function raisersOf(graph: FlowGraph, error: string | undefined): readonly FlowNode[] {
  return graph.nodes.flatMap((node) => [
    ...(error !== undefined && node.raises?.includes(error) === true ? lastOf(node, graph, new Set()) : []),
    ...(node.inside === undefined ? [] : raisersOf(node.inside, error)),
  ]);
}

function firstOf(node: FlowNode, graph: FlowGraph, seen: Set<string>): readonly FlowNode[] {
  if (seen.has(node.id)) return [];
  seen.add(node.id);
  if (node.inside !== undefined) {
    const { inside } = node;
    const start = inside.nodes.filter(({ kind }) => kind === 'start');
    return start.flatMap((begin) => firstOf(begin, inside, new Set()));
  }
  if (partyOf(node) !== undefined) return [node];
  return graph.edges
    .filter(({ from }) => from === node.id)
    .flatMap(({ to }) => firstOf(nodeAt(graph, to), graph, seen));
}
