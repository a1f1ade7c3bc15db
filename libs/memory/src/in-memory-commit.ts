import { partitionName, type SagaId, type TopicPartition } from '#libs/messaging';
import {
  LaneLostError,
  StoreRefusedError,
  type CommitResult,
  type GatedCount,
  type IncidentRow,
  type LaneCommit,
  type NewInstance,
  type StoredInstance,
} from '#libs/orchestration';
import { moveLimited } from './in-memory-limits.js';
import type { InMemoryTables } from './in-memory-tables.js';

type Duplicate = Extract<CommitResult, { readonly kind: 'duplicates' }>['starts'][number];

/** The reason why `commits` change nothing, or `undefined` when they may be applied. @throws LaneLostError */
export function obstacle(tables: InMemoryTables, commits: readonly LaneCommit[]): CommitResult | undefined {
  const lost = commits.map((commit) => commit.lane).filter((lane) => !isHeld(tables, lane));
  if (lost.length > 0) throw new LaneLostError(lost.map(({ topic, part }) => ({ topic, part })));
  refuseNul(commits);
  const sagas = commits.flatMap((commit) => commit.updates.filter((update) => !follows(tables, update)));
  if (sagas.length > 0) return { kind: 'conflicts', sagas: sagas.map((update) => update.id) };
  const starts = duplicates(
    tables,
    commits.flatMap((commit) => commit.inserts),
  );
  return starts.length > 0 ? { kind: 'duplicates', starts } : undefined;
}

/** Applies one lane's batch. */
export function applyCommit(tables: InMemoryTables, commit: LaneCommit): void {
  const lane = partitionName(commit.lane);
  for (const insert of commit.inserts) insertInstance(tables, insert);
  for (const update of commit.updates) updateInstance(tables, update);
  for (const row of commit.history)
    tables.history.set(row.saga, [...(tables.history.get(row.saga) ?? []), row]);
  for (const at of commit.unparked) tables.parked.delete(parkedKey(at));
  for (const row of commit.parked) tables.parked.set(parkedKey(row), row);
  for (const row of commit.incidents) noteIncident(tables, row);
  for (const row of commit.audits) if (!tables.audits.has(row.request)) tables.audits.set(row.request, row);
  for (const count of commit.gated) addGated(tables, count);
  for (const desk of commit.desks?.kept ?? []) tables.desks.set(desk.id, desk);
  for (const id of commit.desks?.gone ?? []) tables.desks.delete(id);
  if (commit.limited !== undefined) moveLimited(tables, lane, commit.limited);
  moveOutbox(tables, lane, commit);
  moveLane(tables, lane, commit);
}

/** Where a parked record is kept. */
export function parkedKey(at: TopicPartition & { readonly offset: number }): string {
  return `${partitionName(at)}/${at.offset}`;
}

function isHeld(tables: InMemoryTables, lane: LaneCommit['lane']): boolean {
  const stored = tables.lanes.get(partitionName(lane));
  return stored?.epoch === lane.epoch && stored.seq === lane.seq;
}

function follows(tables: InMemoryTables, update: StoredInstance): boolean {
  return tables.instances.get(update.id)?.revision === update.revision - 1;
}

function duplicates(tables: InMemoryTables, inserts: readonly NewInstance[]): readonly Duplicate[] {
  const inBatch = new Map<string, SagaId>();
  return inserts.flatMap((insert) => {
    const key = instanceKey(insert);
    const winner = known(tables, insert) ?? inBatch.get(key);
    if (winner === undefined) inBatch.set(key, insert.id);
    return winner === undefined ? [] : [{ saga: insert.id, winner }];
  });
}

function known(tables: InMemoryTables, insert: NewInstance): SagaId | undefined {
  if (tables.instances.has(insert.id) || tables.archive.has(insert.id)) return insert.id;
  const holder = tables.keys.get(instanceKey(insert));
  if (holder === undefined) return undefined;
  const hasEnded = tables.instances.get(holder.saga)?.finishedAt !== undefined;
  return insert.reusableKey && holder.reusable && hasEnded ? undefined : holder.saga;
}

/** Where a business key is kept. */
export function instanceKey(insert: Pick<NewInstance, 'definition' | 'keyHash'>): string {
  return `${insert.definition}\0${insert.keyHash.toString('hex')}`;
}

function insertInstance(tables: InMemoryTables, insert: NewInstance): void {
  const { keyHash: _, reusableKey, ...instance } = insert;
  tables.keys.set(instanceKey(insert), { saga: insert.id, reusable: reusableKey });
  tables.instances.set(insert.id, instance);
}

function updateInstance(tables: InMemoryTables, update: StoredInstance): void {
  const { id, definition, version, businessKey, home, trace, startedAt } =
    tables.instances.get(update.id) ?? update;
  tables.instances.set(id, { ...update, id, definition, version, businessKey, home, trace, startedAt });
}

function noteIncident(tables: InMemoryTables, row: IncidentRow): void {
  const key = `${row.saga ?? ''}\0${row.id}`;
  const stored = tables.incidents.get(key);
  if (!row.open) {
    if (stored !== undefined) tables.incidents.set(key, { ...stored, closedAt: stored.closedAt ?? row.at });
    return;
  }
  const { open: _, at, ...incident } = row;
  const isOpen = stored !== undefined && stored.closedAt === undefined;
  tables.incidents.set(key, { ...incident, openedAt: isOpen ? stored.openedAt : at });
}

function addGated(tables: InMemoryTables, { definition, event, gate, count }: GatedCount): void {
  const key = [definition, event, gate].join('\0');
  tables.gated.set(key, { definition, event, gate, count: (tables.gated.get(key)?.count ?? 0) + count });
}

function moveOutbox(tables: InMemoryTables, lane: string, commit: LaneCommit): void {
  const rows = tables.outbox.get(lane) ?? new Map<number, string>();
  for (const seq of commit.acknowledged) rows.delete(seq);
  if (commit.outbox !== undefined) rows.set(commit.lane.seq, commit.outbox);
  tables.outbox.set(lane, rows);
}

function moveLane(tables: InMemoryTables, lane: string, commit: LaneCommit): void {
  const stored = tables.lanes.get(lane);
  if (stored === undefined) return;
  tables.lanes.set(lane, {
    ...stored,
    seq: stored.seq + 1,
    takeovers: commit.nextOffset === undefined ? stored.takeovers : 0,
    attempts: commit.nextOffset === undefined ? stored.attempts + (commit.attempting === true ? 1 : 0) : 0,
    ...(commit.nextOffset === undefined ? {} : { nextOffset: commit.nextOffset }),
    ...(commit.anchor === undefined ? {} : { anchor: commit.anchor }),
  });
}

/** Databases cannot hold this character in text, so that a fold that lets it through has to fail here as well. */
function refuseNul(commits: readonly LaneCommit[]): void {
  for (const commit of commits) {
    const texts = [
      commit.outbox ?? '',
      ...commit.inserts.flatMap((row) => [row.definition, row.businessKey, row.state, row.trace]),
      ...commit.updates.map((row) => row.state),
      ...commit.history.map((row) => row.entries),
      ...(commit.desks?.kept ?? []).flatMap((row) => [row.key, row.state, ...row.tags]),
    ];
    if (texts.some((text) => text.includes('\0'))) throw new StoreRefusedError('text holds a NUL character');
  }
}
