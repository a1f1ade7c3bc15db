import type { DataSource } from 'typeorm';
import type { Instant } from '#libs/messaging';
import { judgeAction, type OutcomeCount } from '#libs/orchestration';

// Whatever ended before `since` began before it, so partitions of the archive that are older are not looked at. A saga
// that is archived between the two reads is one all the same.
const outcomes = `
  with judged as (
    select distinct on (saga_id) saga_id, detail from saga_audit
     where action = $2 and at >= $1 order by saga_id, at desc),
  begun as (
    select id, definition, status from saga_instance where started_at >= $1
    union select id, definition, status from saga_archive where started_at >= $1 and finished_at >= $1)
  select definition, status, count(*)::integer as count,
         (count(*) filter (where detail = 'good'))::integer as good,
         (count(*) filter (where detail = 'bad'))::integer as bad
    from begun left join judged on judged.saga_id = begun.id group by 1, 2 order by 1, 2`;

/** Counts how sagas stand that began at `since` or later, and what they turned out to be. One statement over all of them. */
export function countOutcomes(source: DataSource, since: Instant): Promise<readonly OutcomeCount[]> {
  return source.query<readonly OutcomeCount[]>(outcomes, [new Date(since), judgeAction]);
}
