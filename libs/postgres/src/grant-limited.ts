import type pg from 'pg';
import {
  grantCommands,
  untouchedLimit,
  type Granted,
  type GrantRequest,
  type LimitState,
} from '#libs/orchestration';
import type { LanePool } from './lane-pool.js';

const touch = {
  name: 'skald limit touch',
  text: 'insert into saga_limit (name, state) values ($1, $2) on conflict do nothing',
} as const;

// The clock is read after the row is locked: whoever waited for it asks as of when it was there.
const lock = {
  name: 'skald limit lock',
  text: 'select state from saga_limit where name = $1 for update',
} as const;

// What was sent by sagas that have ended counts no longer, although nobody has said so.
const count = {
  name: 'skald limit count',
  text: `select (extract(epoch from clock_timestamp()) * 1000)::float8 as now,
                count(*)::integer as "underWay",
                count(x.topic)::integer as again
           from saga_limited l
           left join unnest($2::text[], $3::integer[], $4::bigint[], $5::integer[]) x (topic, part, seq, n)
             on x.topic = l.topic and x.part = l.part and x.seq = l.seq and x.n = l.n
          where l.limited_by = $1 and l.is_granted
            and exists (select from saga_instance s where s.id = l.saga_id and s.finished_at is null)`,
} as const;

const mark = {
  name: 'skald limit mark',
  text: `update saga_limited l set is_granted = true
           from unnest($1::text[], $2::integer[], $3::bigint[], $4::integer[]) x (topic, part, seq, n)
          where l.topic = x.topic and l.part = x.part and l.seq = x.seq and l.n = x.n and not l.is_granted`,
} as const;

const keep = {
  name: 'skald limit keep',
  text: 'update saga_limit set state = $2 where name = $1',
} as const;

interface Counts {
  readonly now: number;
  readonly underWay: number;
  readonly again: number;
}

/**
 * Lets commands go under a limit that all processes share: one at a time looks at what is under way, decides, and
 * writes down what it decided.
 */
export function grantLimited(pool: LanePool, request: GrantRequest): Promise<Granted> {
  return pool.withClient(`grant of ${request.limit}`, async (client) => {
    await client.query('begin');
    try {
      const granted = await decide(client, request);
      await client.query('commit');
      return granted;
    } catch (error) {
      await client.query('rollback').catch(() => undefined);
      throw error;
    }
  });
}

async function decide(client: pg.PoolClient, request: GrantRequest): Promise<Granted> {
  const { limit, limits, wanted, answers } = request;
  const before = await lockedState(client, limit);
  const counted = await client.query<Counts>({ ...count, values: [limit, ...arraysOf(wanted)] });
  const { now, ...counts } = counted.rows[0]!;
  const granting = grantCommands(limits, before, { now, ...counts, wanted: wanted.length, answers });
  if (granting.count > 0) await client.query({ ...mark, values: arraysOf(wanted.slice(0, granting.count)) });
  await client.query({ ...keep, values: [limit, JSON.stringify(granting.state)] });
  const { againAt } = granting;
  return { count: granting.count, ...(againAt !== undefined && { againMs: Math.max(0, againAt - now) }) };
}

async function lockedState(client: pg.PoolClient, limit: string): Promise<LimitState> {
  const locked = { ...lock, values: [limit] };
  const { rows } = await client.query<{ state: string }>(locked);
  if (rows[0] !== undefined) return JSON.parse(rows[0].state) as LimitState;
  await client.query({ ...touch, values: [limit, JSON.stringify(untouchedLimit)] });
  const made = await client.query<{ state: string }>(locked);
  return JSON.parse(made.rows[0]!.state) as LimitState;
}

function arraysOf(places: GrantRequest['wanted']): [string[], number[], number[], number[]] {
  return [
    places.map(({ topic }) => topic),
    places.map(({ part }) => part),
    places.map(({ seq }) => seq),
    places.map(({ n }) => n),
  ];
}
