import type { Instant } from '#libs/messaging';
import type { Fleet } from '../harness/fleet.js';
import type { TopicEar } from '../harness/topic-ear.js';

/** What a coordinator had in its hands when it died. */
export interface WorkInFlight {
  /** Records that were in its home partitions and not folded. */
  readonly records: number;
  /** Committed batches that were not known to be published. */
  readonly outboxRows: number;
}

interface LaneRow {
  readonly part: number;
  readonly next: number | null;
  readonly rows: number;
}

/**
 * What `owner` had begun when it was killed at `killedAt`; asked right after, before another one takes over. `home`
 * hears the home topic: records that came after the death do not count.
 */
export async function workInFlight(
  fleet: Fleet,
  home: TopicEar,
  owner: string,
  killedAt: Instant,
): Promise<WorkInFlight> {
  const lanes = await fleet.query<LaneRow>(
    `select part, next_offset::float8 as next,
            (select count(*)::float8 from saga_outbox o where o.topic = l.topic and o.part = l.part) as rows
       from saga_lane l where topic = $1 and owner like $2`,
    [fleet.homeTopic, `${owner}/%`],
  );
  await home.catchUp();
  const next = new Map(lanes.map((lane) => [lane.part, lane.next ?? 0]));
  const records = home.records.filter(
    ({ part, offset, timestamp }) => offset >= (next.get(part) ?? Infinity) && timestamp <= killedAt,
  );
  return { records: records.length, outboxRows: lanes.reduce((sum, lane) => sum + lane.rows, 0) };
}
