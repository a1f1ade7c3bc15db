import { hash16, type SagaId } from '#libs/messaging';
import type { Circle, CircleLink, EventOfKey } from './circle.js';
import type { StandsFor, Waiter } from './waiter.js';

interface Help {
  readonly wait: StandsFor;
  readonly by: SagaId;
  readonly event?: EventOfKey;
}

/**
 * The circles among sagas that wait for each other and for nobody else.
 *
 * A saga stands still in one if nothing but other sagas can move it, and each of those that would publish what it
 * waits for stands still likewise. What a saga may publish under a key that is not known yet does not count, and
 * whoever publishes such events outside is not known here: a circle is what holds if nobody else helps.
 */
export function circlesAmong(waiters: readonly Waiter[]): readonly Circle[] {
  const helpers = helpersOf(waiters);
  const stuck = stuckAmong(waiters, helpers);
  const seen = new Set<SagaId>();
  return [...stuck.values()].flatMap((waiter) => circleFrom(waiter, stuck, helpers, seen) ?? []);
}

/** For each saga and each thing that it stands still for: who would help. */
function helpersOf(waiters: readonly Waiter[]): ReadonlyMap<SagaId, readonly (readonly Help[])[]> {
  const known = new Set(waiters.map(({ saga }) => saga));
  const publishers = new Map<string, Set<SagaId>>();
  for (const { saga, mayPublish } of waiters)
    for (const { event, key } of mayPublish)
      if (key !== undefined) addTo(publishers, nameOf({ event, key }), saga);
  const helps = (wait: StandsFor): readonly Help[] => [
    ...(wait.child !== undefined && known.has(wait.child) ? [{ wait, by: wait.child }] : []),
    ...wait.events.flatMap((event) =>
      [...(publishers.get(nameOf(event)) ?? [])].map((by) => ({ wait, by, event })),
    ),
  ];
  return new Map(waiters.map(({ saga, standsFor }) => [saga, standsFor.map(helps)]));
}

/** The largest set in which everybody waits only for others of the set. */
function stuckAmong(
  waiters: readonly Waiter[],
  helpers: ReadonlyMap<SagaId, readonly (readonly Help[])[]>,
): ReadonlyMap<SagaId, Waiter> {
  const idle = waiters.filter(({ isBusy, standsFor }) => !isBusy && standsFor.length > 0);
  const stuck = new Map(idle.map((waiter) => [waiter.saga, waiter]));
  for (let before = -1; before !== stuck.size;) {
    before = stuck.size;
    for (const saga of stuck.keys()) {
      const isStuck = helpers
        .get(saga)!
        .every((helps) => helps.length > 0 && helps.every(({ by }) => stuck.has(by)));
      if (!isStuck) stuck.delete(saga);
    }
  }
  return stuck;
}

/** Follows who waits for whom until somebody comes again. Everybody stuck has somebody to follow. */
function circleFrom(
  start: Waiter,
  stuck: ReadonlyMap<SagaId, Waiter>,
  helpers: ReadonlyMap<SagaId, readonly (readonly Help[])[]>,
  seen: Set<SagaId>,
): readonly Circle[] | undefined {
  const path: { readonly waiter: Waiter; readonly help: Help }[] = [];
  for (let waiter = start; !seen.has(waiter.saga);) {
    const help = helpers.get(waiter.saga)![0]![0]!;
    seen.add(waiter.saga);
    path.push({ waiter, help });
    const at = path.findIndex((one) => one.waiter.saga === help.by);
    if (at >= 0) return [circleOf(path.slice(at))];
    waiter = stuck.get(help.by)!;
  }
  return undefined;
}

function circleOf(path: readonly { readonly waiter: Waiter; readonly help: Help }[]): Circle {
  const links = path.map(({ waiter, help }) => linkOf(waiter, help));
  const names = links.map(({ saga, id }) => `${saga} ${id}`).sort();
  const ends = path.flatMap(({ waiter: { endsAt } }) => endsAt ?? []);
  return {
    id: hash16(...names).toString('base64url'),
    links,
    ...(ends.length === 0 ? {} : { endsAt: Math.min(...ends) }),
  };
}

function linkOf({ saga, definition, businessKey }: Waiter, { wait, event }: Help): CircleLink {
  const { id, block, since } = wait;
  return { saga, definition, businessKey, id, block, since, ...(event === undefined ? {} : { event }) };
}

function nameOf({ event, key }: EventOfKey): string {
  return `${event} ${key}`;
}

function addTo(all: Map<string, Set<SagaId>>, name: string, saga: SagaId): void {
  const found = all.get(name);
  if (found === undefined) all.set(name, new Set([saga]));
  else found.add(saga);
}
