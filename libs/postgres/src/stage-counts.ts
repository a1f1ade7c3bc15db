import type { DataSource } from 'typeorm';
import type { Instant } from '#libs/messaging';
import type { StageCount } from '#libs/orchestration';

// A node in any iteration of its loops is one place; a saga that stands at it several times is counted once.
const stages = `
  select saga.definition, saga.version, saga.status, stage.node, count(*)::integer as count,
         (count(*) filter (where coalesce(stage.no, 1) = 1))::integer as counted,
         (count(*) filter (where saga.incident))::integer as with_incident,
         min(since.ms) as oldest_at,
         (count(*) filter (where since.ms < $1::double precision - 3600000))::integer as over_hour,
         (count(*) filter (where since.ms < $1::double precision - 86400000))::integer as over_day
    from saga_instance saga
    cross join lateral (select saga.state::jsonb as state offset 0) as kept
    left join lateral (
      select node, min(ms) as ms, row_number() over (order by node) as no from (
        select split_part(place, '@', 1) as node, ms from (
          select entry ->> 'at' as place, (entry #>> '{do,startedAt}')::double precision as ms
            from jsonb_array_elements(kept.state -> 'operations') as entry where entry ->> 'standing' = 'asked'
          union all
          select entry ->> 'at', (entry #>> '{undo,startedAt}')::double precision
            from jsonb_array_elements(kept.state -> 'operations') as entry
           where entry ->> 'standing' = 'revoked' and entry ? 'undo'
          union all
          select key, (value ->> 'startedAt')::double precision
            from jsonb_each(kept.state -> 'frames') where value ->> 'kind' in ('sleep', 'wait')
          union all
          select key, (value ->> 'since')::double precision
            from jsonb_each(kept.state -> 'incidents') where kept.state -> 'raised' ? key) as open) as open
       group by node) as stage on true
    cross join lateral (
      select coalesce(stage.ms, (kept.state ->> 'at')::double precision) as ms) as since
   where saga.finished_at is null and ($2::text is null or saga.definition = $2)
   group by 1, 2, 3, 4 order by 1, 2, 3, 4`;

interface Row extends Pick<StageCount, 'definition' | 'version' | 'status' | 'count' | 'counted'> {
  readonly node: string | null;
  readonly with_incident: number;
  readonly oldest_at: number | null;
  readonly over_hour: number;
  readonly over_day: number;
}

/**
 * Counts where live sagas stand, by what their states say. One statement over the index of live sagas, which takes no lock
 * and looks at no saga that has ended; the states are taken apart by the server, not by whoever folds.
 */
export async function countStages(
  source: DataSource,
  now: Instant,
  definition?: string,
): Promise<readonly StageCount[]> {
  const rows = await source.query<readonly Row[]>(stages, [now, definition ?? null]);
  return rows.map((row) => ({
    definition: row.definition,
    version: row.version,
    status: row.status,
    ...(row.node === null ? {} : { node: row.node }),
    count: row.count,
    counted: row.counted,
    withIncident: row.with_incident,
    oldestAt: row.oldest_at ?? now,
    overHour: row.over_hour,
    overDay: row.over_day,
  }));
}
