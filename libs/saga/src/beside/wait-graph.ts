import type { Claimant, Waiting } from './lock.js';

/** Sagas that wait for each other, and which of them is to give way. */
export interface Circle {
  readonly sagas: readonly Claimant[];
  readonly resource: string;
  readonly waiting: Waiting;
}

/** Who waits for whom at which lock. */
export type WaitGraph = Readonly<Record<string, readonly Waiting[]>>;

interface Edge {
  readonly from: Claimant;
  readonly to: Claimant;
  /** The lock it waits at; absent where a saga waits for one that it has started. */
  readonly at?: { readonly resource: string; readonly waiting: Waiting };
}

/**
 * Finds sagas that wait for each other in a circle which includes somebody who waits at `resource`.
 *
 * The youngest that waits for a lock gives way, as long as there is one that can still go back: it has done least. A saga
 * that waits for one that it has started waits for whatever that one waits for.
 */
export function findCircle(graph: WaitGraph, resource: string): Circle | undefined {
  const edges = edgesOf(graph);
  for (const { waiter } of graph[resource] ?? []) {
    const path = pathBack(edges, waiter.saga, waiter.saga, new Set());
    if (path !== undefined) return circleOf(path);
  }
  return undefined;
}

function edgesOf(graph: WaitGraph): ReadonlyMap<string, readonly Edge[]> {
  const edges = new Map<string, Edge[]>();
  const add = (edge: Edge): void =>
    void edges.set(edge.from.saga, [...(edges.get(edge.from.saga) ?? []), edge]);
  for (const [resource, list] of Object.entries(graph)) {
    for (const waiting of list) {
      const { waiter, holder } = waiting;
      add({ from: waiter, to: holder, at: { resource, waiting } });
      if (waiter.parent !== undefined) add({ from: { ...waiter, saga: waiter.parent }, to: waiter });
    }
  }
  return edges;
}

function pathBack(
  edges: ReadonlyMap<string, readonly Edge[]>,
  from: string,
  goal: string,
  seen: Set<string>,
): readonly Edge[] | undefined {
  if (seen.has(from)) return undefined;
  seen.add(from);
  for (const edge of edges.get(from) ?? []) {
    if (edge.to.saga === goal) return [edge];
    const rest = pathBack(edges, edge.to.saga, goal, seen);
    if (rest !== undefined) return [edge, ...rest];
  }
  return undefined;
}

function circleOf(path: readonly Edge[]): Circle {
  const waits = path.flatMap(({ at }) => (at === undefined ? [] : [at]));
  const free = waits.filter(({ waiting }) => waiting.waiter.keeps !== true);
  const [youngest] = (free.length > 0 ? free : waits).toSorted((one, other) =>
    byAge(one.waiting, other.waiting),
  );
  return { sagas: path.map(({ to }) => to), ...youngest! };
}

function byAge({ waiter: one }: Waiting, { waiter: other }: Waiting): number {
  return other.startedAt - one.startedAt || (one.saga < other.saga ? 1 : -1);
}
