import { findCircle, type Claimant, type WaitGraph, type Waiting } from '#libs/saga';
import type { IncidentRow } from '../lane-store.js';
import type { Desk, DeskMoment, DeskPost } from './desk.js';

/** The kind of the desk that finds circles. */
export const waitGraphKind = 'wait-graph';

/** There is one for all locks. */
export const waitGraphKey = 'locks';

/** What a lock says whenever somebody waits at it who did not, or does not any more: all of them. */
export interface WaitsMessage {
  readonly resource: string;
  readonly waits: readonly Waiting[];
}

interface GraphState {
  readonly graph: WaitGraph;
  /** Who was asked to give way, and has not done so yet, by resource. */
  readonly asked: readonly { readonly resource: string; readonly saga: string; readonly id: string }[];
}

/**
 * Finds sagas that wait for each other's locks in a circle, names them in an incident, and asks one of them to give way.
 *
 * It hears only of locks somebody waits for. What it knows may be a moment old, so the lock itself makes sure that who is
 * to give way still waits; at worst a saga goes back that would have got its lock.
 */
export const waitGraphDesk: Desk<GraphState> = {
  kind: waitGraphKind,
  fold(before, input, moment) {
    if (input.kind === 'due') return { state: before, posts: [] };
    return hear(before ?? empty, input.message as unknown as WaitsMessage, moment);
  },
};

const empty: GraphState = { graph: {}, asked: [] };

function hear(
  { graph, asked }: GraphState,
  { resource, waits }: WaitsMessage,
  { now }: DeskMoment,
): ReturnType<Desk<GraphState>['fold']> {
  const isOver = (one: GraphState['asked'][number]): boolean =>
    one.resource === resource && !waits.some(({ waiter, id }) => waiter.saga === one.saga && id === one.id);
  const closed = asked.filter(isOver).map((one): IncidentRow => ({ ...closing(one), at: now }));
  const still = asked.filter((one) => !isOver(one));
  const { [resource]: _, ...others } = graph;
  const known: WaitGraph = waits.length === 0 ? others : { ...others, [resource]: waits };
  const found = findCircle(withoutAsked(known, still), resource);
  if (found === undefined) return { state: stateOf(known, still), posts: [], incidents: closed };
  const { waiter, id } = found.waiting;
  const asking = { resource: found.resource, saga: waiter.saga, id };
  const circle = found.sagas.map(nameOf);
  const message = `${[...circle, circle[0]!].join(' waits for ')}; ${nameOf(waiter)} gives way at ${found.resource}`;
  const post: DeskPost = {
    kind: 'desk',
    desk: 'lock',
    key: found.resource,
    message: { kind: 'give-way', saga: waiter.saga, id, circle: [...circle, circle[0]!] },
  };
  return {
    state: stateOf(known, [...still, asking]),
    posts: [post],
    incidents: [
      ...closed,
      { saga: waiter.saga, id: incidentOf(asking), open: true, code: 'DEADLOCK', message, at: now },
    ],
  };
}

function closing(one: GraphState['asked'][number]) {
  return { saga: one.saga, id: incidentOf(one), open: false, code: 'DEADLOCK', message: '' } as const;
}

function incidentOf({ resource }: { readonly resource: string }): string {
  return `deadlock:${resource}`;
}

/** Who was asked to give way is no part of any circle any more. */
function withoutAsked(graph: WaitGraph, asked: GraphState['asked']): WaitGraph {
  if (asked.length === 0) return graph;
  const isAsked = (resource: string, { waiter, id }: Waiting): boolean =>
    asked.some((one) => one.resource === resource && one.saga === waiter.saga && one.id === id);
  return Object.fromEntries(
    Object.entries(graph).map(([resource, waits]) => [
      resource,
      waits.filter((waiting) => !isAsked(resource, waiting)),
    ]),
  );
}

function stateOf(graph: WaitGraph, asked: GraphState['asked']): GraphState | undefined {
  return Object.keys(graph).length === 0 && asked.length === 0 ? undefined : { graph, asked };
}

function nameOf({ definition, key }: Claimant): string {
  return `${definition} ${key}`;
}
