import { partitionName, type Instant, type SagaId } from '#libs/messaging';
import {
  grantCommands,
  participantOfLimit,
  untouchedLimit,
  type Granted,
  type GrantRequest,
  type LimitedChanges,
  type LimitedPlace,
  type LimitedRow,
  type LimitQueue,
  type Pause,
  type PausedQueue,
} from '#libs/orchestration';
import { groups } from './groups.js';
import type { InMemoryTables } from './in-memory-tables.js';

/** Applies what a commit makes of the limited commands of a lane. */
export function moveLimited(tables: InMemoryTables, lane: string, changes: LimitedChanges): void {
  const rows = tables.limited.get(lane) ?? new Map<string, LimitedRow>();
  for (const row of changes.queued) rows.set(placeName(row), row);
  for (const place of changes.sent) {
    const { payload: _, ...sent } = rows.get(placeName(place)) ?? {};
    if (rows.has(placeName(place))) rows.set(placeName(place), sent as LimitedRow);
  }
  for (const place of changes.gone) rows.delete(placeName(place));
  tables.limited.set(lane, rows);
}

/** Says how many of the wanted commands may leave, and counts them. */
export function grantLimited(tables: InMemoryTables, request: GrantRequest, now: Instant): Granted {
  const { limit, limits, wanted, answers } = request;
  const known = wanted.map((one) => tables.limited.get(partitionName(one))?.get(placeName(one)));
  const underWay = [...tables.limited.values()]
    .flatMap((rows) => [...rows.values()])
    .filter((row) => row.limit === limit && row.isGranted && !hasEnded(tables, row)).length;
  const again = known.filter((row) => row?.isGranted === true).length;
  const before = tables.limits.get(limit) ?? untouchedLimit;
  const granting = grantCommands(limits, before, { now, wanted: wanted.length, again, underWay, answers });
  tables.limits.set(limit, granting.state);
  for (const [index, one] of wanted.slice(0, granting.count).entries()) {
    const row = known[index];
    if (row !== undefined)
      tables.limited.get(partitionName(one))!.set(placeName(one), { ...row, isGranted: true });
  }
  const { count, againAt } = granting;
  return againAt === undefined ? { count } : { count, againMs: againAt - now };
}

/** The limited commands of all lanes that have not left. */
export function waitingLimited(tables: InMemoryTables): readonly LimitedRow[] {
  return unsentLimited(tables).filter(({ isGranted }) => !isGranted);
}

/** Those, and the ones that may leave and are not known to have. */
export function unsentLimited(tables: InMemoryTables): readonly LimitedRow[] {
  return [...tables.limited.values()]
    .flatMap((rows) => [...rows.values()])
    .filter(({ payload }) => payload !== undefined);
}

/** What waits for limits, by limit. */
export function limitQueues(tables: InMemoryTables): readonly LimitQueue[] {
  return groups(waitingLimited(tables), ({ limit }) => limit).map((same) => ({
    limit: same[0]!.limit,
    waiting: same.length,
    since: Math.min(...same.map(({ at }) => at)),
  }));
}

/** What is paused, and how much of it is held. */
export function pausedQueues(tables: InMemoryTables): readonly PausedQueue[] {
  return [...tables.pauses.values()].map((pause) => ({
    kind: pause.kind,
    name: pause.name,
    held: waitingLimited(tables).filter((row) => isHeldBy(tables, row, pause)).length,
    since: pause.at,
  }));
}

function isHeldBy(tables: InMemoryTables, { saga, limit }: LimitedRow, { kind, name }: Pause): boolean {
  switch (kind) {
    case 'participant':
      return participantOfLimit(limit) === name;
    case 'definition':
      return tables.instances.get(saga)?.definition === name;
    case 'saga':
      return saga === name;
  }
}

/** Nothing of a saga that is archived counts any more. */
export function settleLimited(tables: InMemoryTables, saga: SagaId): void {
  for (const rows of tables.limited.values())
    for (const [name, row] of rows) if (row.saga === saga) rows.delete(name);
}

function hasEnded(tables: InMemoryTables, { saga }: LimitedRow): boolean {
  const stored = tables.instances.get(saga);
  return stored === undefined || stored.finishedAt !== undefined;
}

function placeName({ seq, n }: LimitedPlace): string {
  return `${seq}/${n}`;
}
