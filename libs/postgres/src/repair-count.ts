import type { DataSource } from 'typeorm';
import type { Instant } from '#libs/messaging';
import { repairActions, type RepairCount } from '#libs/orchestration';

// An incident that opens again has a new time; one that opens while the repair is folded has the time of that.
const repairs = `
  select s.definition, a.detail as mode, count(*)::integer as count,
         (count(*) filter (where exists (
            select from saga_incident i where i.saga_id = a.saga_id and i.opened_at >= a.at)))::integer as repeated
    from saga_audit a
    join (select id, definition from saga_instance union select id, definition from saga_archive) s on s.id = a.saga_id
   where a.action = any($2) and a.result = 'done' and a.at >= $1 group by 1, 2 order by 1, 2`;

/** Counts repairs and those after which there was trouble again. One statement over all of them. */
export function countRepairs(source: DataSource, since: Instant): Promise<readonly RepairCount[]> {
  return source.query<readonly RepairCount[]>(repairs, [new Date(since), repairActions]);
}
