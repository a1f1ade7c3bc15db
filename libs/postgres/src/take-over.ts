import { partitionName, type Clock, type TopicPartition } from '#libs/messaging';
import type { LanePosition } from '#libs/orchestration';
import { newEpoch } from './lane-queries.js';
import { laneLockTimeoutMs, type LanePool } from './lane-pool.js';
import { positionOf } from './stored-rows.js';

/** How long a commit under way is waited for before its session is ended. */
const PATIENCE_MS = 2_000;
/** Longer than it takes to end a few sessions, shorter than a statement may last. */
const LOCK_TIMEOUT_MS = 9_000;

// Only sessions of the same role: whoever else locks the lane is none of ours to end.
const endHolders = `
  select pg_terminate_backend(a.pid)
    from pg_stat_activity a
   where a.pid = any (pg_blocking_pids($1)) and a.usename = current_user and a.pid <> pg_backend_pid()`;

/**
 * Makes `owner` the holder of a lane, in a statement that is committed before anything else is read: what is read
 * together with it would be of a time before the former holder's last batch.
 *
 * A former holder that was frozen with the lane in its hands is ended after a while.
 */
export async function takeOverLane(
  pool: LanePool,
  clock: Clock,
  lane: TopicPartition,
  owner: string,
): Promise<LanePosition> {
  const what = `takeover of ${partitionName(lane)}`;
  return pool.withClient(what, async (client) => {
    const session = await client.query<{ pid: number }>(setPatience(LOCK_TIMEOUT_MS));
    const stopWatching = endHoldersAfterAWhile(pool, clock, session.rows[0]?.pid ?? 0);
    const values = [lane.topic, lane.part, owner];
    const taken = await client.query<LaneAnswer>({ ...newEpoch, values }).finally(stopWatching);
    await client.query(setPatience(laneLockTimeoutMs));
    if (taken.rows[0] === undefined) throw new Error('the takeover answered no row');
    return positionOf(taken.rows[0]);
  });
}

type LaneAnswer = Parameters<typeof positionOf>[0];

function setPatience(timeoutMs: number): string {
  return `select set_config('lock_timeout', '${timeoutMs}', false), pg_backend_pid() as pid`;
}

function endHoldersAfterAWhile(pool: LanePool, clock: Clock, waiting: number): () => void {
  const statement = { text: endHolders, values: [waiting] };
  let cancel = clock.after(PATIENCE_MS, end);
  function end(): void {
    cancel = clock.after(PATIENCE_MS, end);
    // Its failure shows in the takeover, which goes on waiting and says so in the end.
    pool.run('end of former holders', statement).catch(() => undefined);
  }
  return () => cancel();
}
