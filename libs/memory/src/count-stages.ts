import type { Instant } from '#libs/messaging';
import type { StageCount, StoredInstance } from '#libs/orchestration';

interface Kept {
  readonly at?: Instant;
  readonly operations?: readonly {
    readonly at: string;
    readonly standing: string;
    readonly do?: { readonly startedAt: Instant };
    readonly undo?: { readonly startedAt: Instant };
  }[];
  readonly frames?: Readonly<Record<string, { readonly kind: string; readonly startedAt: Instant }>>;
  readonly incidents?: Readonly<Record<string, { readonly since: Instant }>>;
  readonly raised?: Readonly<Record<string, unknown>>;
}

interface Stand {
  readonly saga: StoredInstance;
  readonly node?: string;
  readonly since: Instant;
  readonly isFirst: boolean;
}

/** Counts where live sagas stand, by what their states say. */
export function countStages(live: readonly StoredInstance[], now: Instant): readonly StageCount[] {
  const groups = new Map<string, Stand[]>();
  for (const stand of live.flatMap((saga) => standsOf(saga, now))) {
    const { definition, version, status } = stand.saga;
    const key = JSON.stringify([definition, version, status, stand.node]);
    groups.set(key, [...(groups.get(key) ?? []), stand]);
  }
  return [...groups.keys()].sort().map((key) => counted(groups.get(key)!, now));
}

function counted(stands: readonly Stand[], now: Instant): StageCount {
  const [{ saga, node }] = stands as readonly [Stand];
  const { definition, version, status } = saga;
  const older = (ms: number): number => stands.filter(({ since }) => since < now - ms).length;
  return {
    definition,
    version,
    status,
    ...(node === undefined ? {} : { node }),
    count: stands.length,
    counted: stands.filter(({ isFirst }) => isFirst).length,
    withIncident: stands.filter((stand) => stand.saga.incident).length,
    oldestAt: Math.min(...stands.map(({ since }) => since)),
    overHour: older(3_600_000),
    overDay: older(86_400_000),
  };
}

/** A node in any iteration of its loops is one place. */
function standsOf(saga: StoredInstance, now: Instant): readonly Stand[] {
  const state = JSON.parse(saga.state) as Kept;
  const since = new Map<string, Instant>();
  for (const [place, at] of openPlaces(state)) {
    const [node] = place.split('@', 1) as [string];
    since.set(node, Math.min(at, since.get(node) ?? at));
  }
  if (since.size === 0) return [{ saga, since: state.at ?? now, isFirst: true }];
  const nodes = [...since.keys()].sort();
  return nodes.map((node, index) => ({ saga, node, since: since.get(node)!, isFirst: index === 0 }));
}

function openPlaces({ operations = [], frames = {}, incidents = {}, raised = {} }: Kept) {
  const asked = operations.flatMap(({ at, standing, do: exchange, undo }) => {
    const open = standing === 'asked' ? exchange : standing === 'revoked' ? undo : undefined;
    return open === undefined ? [] : [[at, open.startedAt] as const];
  });
  const waiting = Object.entries(frames).flatMap(([place, { kind, startedAt }]) =>
    kind === 'sleep' || kind === 'wait' ? [[place, startedAt] as const] : [],
  );
  const stuck = Object.entries(incidents).flatMap(([place, incident]) =>
    place in raised ? [[place, incident.since] as const] : [],
  );
  return [...asked, ...waiting, ...stuck];
}
