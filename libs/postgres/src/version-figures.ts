import type { DataSource } from 'typeorm';
import type { Instant } from '#libs/messaging';
import type { VersionFigures } from '#libs/orchestration';

// Partitions of the archive outside of the time are not looked at. A saga that is archived between the two reads is one
// all the same.
const figures = `
  with ended as (
    select id, version, status, started_at, finished_at from saga_instance
     where definition = $1 and finished_at >= $2 and finished_at < $3
    union
    select id, version, status, started_at, finished_at from saga_archive
     where definition = $1 and finished_at >= $2 and finished_at < $3)
  select version, (count(*) filter (where status = 'completed'))::integer as completed,
         (count(*) filter (where status = 'compensated'))::integer as compensated,
         (count(*) filter (where status = 'cancelled'))::integer as cancelled,
         (count(*) filter (where exists (select from saga_incident where saga_id = ended.id)))::integer as "withIncident",
         round(percentile_cont(0.5) within group (order by extract(epoch from finished_at - started_at)) * 1000)::double precision as "p50Ms",
         round(percentile_cont(0.95) within group (order by extract(epoch from finished_at - started_at)) * 1000)::double precision as "p95Ms"
    from ended group by version order by version`;

/** Figures of the sagas of a definition that ended at `from` or later and before `until`, by version. */
export function countVersions(
  source: DataSource,
  definition: string,
  from: Instant,
  until: Instant,
): Promise<readonly VersionFigures[]> {
  return source.query<readonly VersionFigures[]>(figures, [definition, new Date(from), new Date(until)]);
}
