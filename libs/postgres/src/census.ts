import type { DataSource } from 'typeorm';
import type { Instant } from '#libs/messaging';
import {
  admitKind,
  taskDeskKind,
  taskTag,
  type Census,
  type LimitQueue,
  type StallTarget,
} from '#libs/orchestration';
import type { SagaStatus } from '#libs/saga';
import { pausedQueues } from './pause-rows.js';
import { countStalled } from './stalled-counts.js';

interface Counted {
  readonly count: number;
  readonly oldest: Date;
}

// Of a saga that is being undone the time counts from the decision on, which its state keeps.
const liveCounts = `
  select definition, status, count(*)::integer as count,
         min(case when status = 'compensating'
                  then coalesce(to_timestamp((state::jsonb #>> '{ending,decidedAt}')::double precision / 1000), started_at)
                  else started_at end) as oldest
    from saga_instance where finished_at is null group by 1, 2 order by 1, 2`;

/** Counts what is live, open, parked, waiting and overdue. Eight statements, each over one index or one scan of the live sagas. */
export async function takeCensus(
  source: DataSource,
  now: Instant,
  targets: readonly StallTarget[],
): Promise<Census> {
  const live =
    await source.query<readonly (Counted & { definition: string; status: SagaStatus })[]>(liveCounts);
  const incidents = await source.query<readonly (Counted & { definition: string; code: string })[]>(
    `select coalesce(saga.definition, split_part(desk.key, '/', 1), '') as definition, incident.code,
            count(*)::integer as count, min(incident.opened_at) as oldest
       from saga_incident incident left join saga_instance saga on saga.id = incident.saga_id
       left join saga_desk desk on desk.id = incident.saga_id and desk.kind = $1
      where incident.closed_at is null group by 1, 2 order by 1, 2`,
    [admitKind],
  );
  const parked = await source.query<Census['parked'] & unknown[]>(
    `select parked.topic, coalesce(saga.definition, '') as definition, count(*)::integer as count
       from saga_parked parked left join saga_instance saga on saga.id = parked.saga_id
      group by 1, 2 order by 1, 2`,
  );
  // A task's desk keeps whose task it is and since when in its state.
  const tasks = await source.query<readonly (Counted & { definition: string; block: string })[]>(
    `select task #>> '{origin,definition}' as definition, task #>> '{origin,block}' as block,
            count(*)::integer as count, to_timestamp(min((task ->> 'openedAt')::double precision) / 1000) as oldest
       from saga_desk, lateral (select state::jsonb -> 'task' as task) as kept
      where kind = $1 and tags @> array[$2] group by 1, 2 order by 1, 2`,
    [taskDeskKind, taskTag.open],
  );
  const [overdue] = await source.query<readonly { since: Date | null }[]>(
    `select min(wake_at) as since from saga_instance i where wake_at <= $1 and finished_at is null and not held
        and not exists (select from saga_limited l where l.saga_id = i.id and l.payload is not null)`,
    [new Date(now)],
  );
  return {
    live: live.map(({ definition, status, ...row }) => ({ definition, status, ...counted(row, now) })),
    incidents: incidents.map(({ definition, code, ...row }) => ({ definition, code, ...counted(row, now) })),
    stalled: await countStalled(source, now, targets),
    parked,
    tasks: tasks.map(({ definition, block, ...row }) => ({ definition, block, ...counted(row, now) })),
    limits: (await limitQueues(source)).map(({ limit, waiting, since }) => ({
      limit,
      count: waiting,
      oldestMs: Math.max(0, now - since),
    })),
    paused: (await pausedQueues(source)).map(({ since, ...queue }) => ({
      ...queue,
      forMs: Math.max(0, now - since),
    })),
    timerLatenessMs: now - (overdue?.since?.getTime() ?? now),
  };
}

/** What waits for limits, by limit. */
export async function limitQueues(source: DataSource): Promise<readonly LimitQueue[]> {
  const rows = await source.query<readonly { limit: string; waiting: number; since: Date }[]>(
    `select limited_by as "limit", count(*)::integer as waiting, min(queued_at) as since
       from saga_limited where not is_granted group by 1 order by 1`,
  );
  return rows.map(({ since, ...row }) => ({ ...row, since: since.getTime() }));
}

function counted(
  { count, oldest }: Counted,
  now: Instant,
): { readonly count: number; readonly oldestMs: number } {
  return { count, oldestMs: Math.max(0, now - oldest.getTime()) };
}
