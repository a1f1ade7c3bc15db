import { partitionName, type SagaId, type TopicPartition } from '#libs/messaging';
import { LaneLostError, type CommitResult, type LaneCommit, type NewInstance } from '#libs/orchestration';
import { byteaArray, int4Array, int8Array, textArray, uuidArray } from './binary-array.js';
import type { LanePool } from './lane-pool.js';

type Duplicate = Extract<CommitResult, { readonly kind: 'duplicates' }>['starts'][number];

/** Whether two of the starts have the same key: such a call is not worth sending. */
export function repeatsKey(commits: readonly LaneCommit[]): boolean {
  const keys = commits.flatMap((commit) => commit.inserts.map(keyOf));
  return new Set(keys).size < keys.length;
}

/**
 * Why a commit wrote nothing, read afterwards: after one that ran into a unique key or a revision, which happens about
 * never, so that the commit itself need not carry the questions. `undefined`: nothing stands in the way any more.
 *
 * @throws LaneLostError
 */
export async function obstacleOf(
  pool: LanePool,
  commits: readonly LaneCommit[],
): Promise<CommitResult | undefined> {
  await refuseLost(pool, commits);
  const sagas = await conflicting(pool, commits);
  if (sagas.length > 0) return { kind: 'conflicts', sagas };
  const starts = await duplicates(
    pool,
    commits.flatMap((commit) => commit.inserts),
  );
  return starts.length > 0 ? { kind: 'duplicates', starts } : undefined;
}

/** The result that the rows of the commit function stand for. @throws LaneLostError */
export function resultOf(rows: readonly CommitAnswer[]): CommitResult {
  if (rows.length === 0) return { kind: 'committed' };
  const lost = rows.filter((row) => row.what === 'lost');
  if (lost.length > 0)
    throw new LaneLostError(lost.map((row) => ({ topic: row.subject, part: Number(row.other) })));
  return { kind: 'duplicates', starts: rows.map((row) => ({ saga: row.subject, winner: row.other })) };
}

/** One row of the commit function's answer. */
export interface CommitAnswer {
  readonly what: 'lost' | 'duplicate';
  readonly subject: string;
  readonly other: string;
}

async function refuseLost(pool: LanePool, commits: readonly LaneCommit[]): Promise<void> {
  const lanes = commits.map((commit) => commit.lane);
  const lost = await pool.run<TopicPartition & Record<string, unknown>>('check of lanes', {
    text: `select x.topic, x.part
             from unnest($1::text[], $2::integer[], $3::bigint[], $4::bigint[]) x (topic, part, epoch, seq)
             left join saga_lane l on l.topic = x.topic and l.part = x.part
            where l.epoch is distinct from x.epoch or l.seq is distinct from x.seq`,
    values: [
      textArray(lanes.map((lane) => lane.topic)),
      int4Array(lanes.map((lane) => lane.part)),
      int8Array(lanes.map((lane) => lane.epoch)),
      int8Array(lanes.map((lane) => lane.seq)),
    ],
  });
  if (lost.length > 0) throw new LaneLostError(lost.map(({ topic, part }) => ({ topic, part })));
}

async function conflicting(pool: LanePool, commits: readonly LaneCommit[]): Promise<readonly SagaId[]> {
  const updates = commits.flatMap((commit) => commit.updates);
  const rows = await pool.run<{ id: string }>('check of revisions', {
    text: `select x.id from unnest($1::uuid[], $2::integer[]) x (id, revision)
             left join saga_instance s on s.id = x.id
            where s.revision is distinct from x.revision - 1`,
    values: [uuidArray(updates.map((row) => row.id)), int4Array(updates.map((row) => row.revision))],
  });
  return rows.map((row) => row.id);
}

async function duplicates(pool: LanePool, inserts: readonly NewInstance[]): Promise<readonly Duplicate[]> {
  const winners = new Map<string, SagaId>();
  const known = await pool.run<{ id: string; winner: string }>('check of keys', {
    text: `select x.id, case when s.id is null then k.saga_id else s.id end as winner
             from unnest($1::uuid[], $2::text[], $3::bytea[]) x (id, definition, key_hash)
             left join saga_instance s on s.id = x.id
             left join saga_key k on k.definition = x.definition and k.key_hash = x.key_hash
             left join saga_instance holder on holder.id = k.saga_id
            where s.id is not null or (k.saga_id is not null and not (k.reusable and holder.finished_at is not null))`,
    values: [
      uuidArray(inserts.map((row) => row.id)),
      textArray(inserts.map((row) => row.definition)),
      byteaArray(inserts.map((row) => row.keyHash)),
    ],
  });
  const stored = new Map(known.map((row) => [row.id, row.winner]));
  return inserts.flatMap((insert) => {
    const winner = stored.get(insert.id) ?? winners.get(keyOf(insert));
    if (winner === undefined) winners.set(keyOf(insert), insert.id);
    return winner === undefined ? [] : [{ saga: insert.id, winner }];
  });
}

function keyOf(insert: NewInstance): string {
  return `${insert.definition}\0${insert.keyHash.toString('latin1')}`;
}

/** For messages: the lanes of a commit. */
export function namesOf(commits: readonly LaneCommit[]): string {
  return commits.map((commit) => partitionName(commit.lane)).join(', ');
}
