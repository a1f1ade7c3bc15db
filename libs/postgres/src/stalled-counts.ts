import type { DataSource } from 'typeorm';
import type { Instant } from '#libs/messaging';
import { mostStalledLooked, type Census, type StallTarget } from '#libs/orchestration';

// What of a saga's history is a step forward, `isProgress` says. Looked for saga by saga, behind `limit 1`: joined in
// any other way the whole history would be read.
const stalled = `
  select slow.definition, count(*)::integer as count
    from (
      select saga.id, saga.definition, targets.before,
             row_number() over (partition by saga.definition order by saga.id) as place
        from saga_instance saga
        join unnest($1::text[], $2::timestamptz[]) as targets (definition, before) using (definition)
       where saga.finished_at is null and not saga.incident and saga.started_at < targets.before) as slow
    left join lateral (
      select true as has_moved
        from saga_history page, json_array_elements(page.entries::json) as entry,
             json_array_elements(entry -> 'effects') as effect
       where page.saga_id = slow.id and page.at >= slow.before
         and case effect ->> 'kind'
               when 'settled' then effect ->> 'outcome' not in ('failed', 'unknown')
               when 'waited' then effect ->> 'outcome' in ('came', 'defaulted')
               else effect ->> 'kind' in ('caught', 'tell', 'finish') end
       limit 1) as moved on true
   where slow.place <= $3 and has_moved is null group by 1 order by 1`;

/** Counts sagas that stand still, by definition. One scan of the live sagas, and a look at the history of each that takes long. */
export async function countStalled(
  source: DataSource,
  now: Instant,
  targets: readonly StallTarget[],
): Promise<Census['stalled']> {
  if (targets.length === 0) return [];
  const definitions = targets.map(({ definition }) => definition);
  const before = targets.map(({ withinMs }) => new Date(now - withinMs));
  return source.query<Census['stalled'] & unknown[]>(stalled, [definitions, before, mostStalledLooked]);
}
