import { quotedSchema } from './schema-name.js';

/** The statements of the memory, for one schema. */
export interface OperationStatements {
  readonly claim: string;
  readonly find: string;
  readonly lock: string;
  readonly mark: string;
  readonly settle: string;
  readonly keepMarks: string;
  readonly takeMarksBack: string;
  readonly fence: string;
  readonly fenceKnown: string;
  readonly holdLocks: string;
  readonly park: string;
  readonly forget: string;
  readonly forgetLocks: string;
  readonly forgetParked: string;
}

const columns =
  'operation, attempt, state, outcome, error, retry_after_ms, value, used, origin, undoes, state_before';

/**
 * Rows are always taken in the order of their operation, so that two batches that share operations wait for each
 * other instead of locking each other out.
 */
export function operationStatements(schema: string): OperationStatements {
  const table = `${quotedSchema(schema)}.skald_operation`;
  const locks = `${quotedSchema(schema)}.skald_lock_token`;
  const parked = `${quotedSchema(schema)}.skald_parked_command`;
  const marks = 'unnest($1::text[], $2::text[]) as mark (operation, undone_by)';
  return {
    // A row that is not opened is locked all the same, so that what `find` reads next cannot change.
    claim: `insert into ${table} as known (operation, attempt, state, changed_at)
      select operation, attempt, 'running', $3::timestamptz from unnest($1::text[], $2::int[]) as claim (operation, attempt)
      order by operation
      on conflict (operation) do update set attempt = excluded.attempt, state = 'running', changed_at = excluded.changed_at,
        outcome = null, error = null, retry_after_ms = null, value = null, used = null, fenced_by = null
      where known.state in ('failed', 'fenced') and known.attempt < excluded.attempt
      returning operation`,
    find: `select ${columns} from ${table} where operation = any($1::text[])`,
    lock: `select ${columns} from ${table} where operation = $1 for update`,
    // Insert and update are one: a forward command under way makes this wait, and then its row is seen. A row under
    // the mark of another compensation that is not settled yet is left alone and not returned.
    mark: `insert into ${table} as known (operation, attempt, state, state_before, undone_by, changed_at)
      select operation, 0, 'undone', 'absent', undone_by, $3::timestamptz
      from unnest($1::text[], $2::text[]) as mark (operation, undone_by) order by operation
      on conflict (operation) do update set state = 'undone', state_before = known.state, undone_by = excluded.undone_by,
        changed_at = excluded.changed_at
      where known.state_before is null
      returning ${columns}`,
    settle: `update ${table} as known set state = settled.state, outcome = settled.outcome, error = settled.error,
        retry_after_ms = settled.retry_after_ms, value = settled.value, used = settled.used, origin = settled.origin,
        undoes = settled.undoes, changed_at = $10::timestamptz
      from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::text[])
        as settled (operation, state, outcome, error, retry_after_ms, value, used, origin, undoes)
      where known.operation = settled.operation`,
    keepMarks: `update ${table} as known set state_before = null from ${marks}
      where known.operation = mark.operation and known.undone_by = mark.undone_by`,
    takeMarksBack: `with gone as (delete from ${table} as known using ${marks}
        where known.operation = mark.operation and known.undone_by = mark.undone_by and known.state_before = 'absent')
      update ${table} as known set state = known.state_before, state_before = null, undone_by = null from ${marks}
      where known.operation = mark.operation and known.undone_by = mark.undone_by and known.state_before <> 'absent'`,
    fence: `insert into ${table} as known (operation, attempt, state, fenced_by, changed_at)
      select operation, 1, 'fenced', fenced_by, $3::timestamptz
      from unnest($1::text[], $2::text[]) as question (operation, fenced_by) order by operation
      on conflict (operation) do update set state = 'fenced', attempt = known.attempt + 1, fenced_by = excluded.fenced_by,
        changed_at = excluded.changed_at, outcome = null, error = null, retry_after_ms = null, value = null, used = null
      where known.state in ('failed', 'fenced') and known.fenced_by is distinct from excluded.fenced_by`,
    fenceKnown: `with locked as materialized (
        select known.operation, question.fenced_by from ${table} as known
        join unnest($1::text[], $2::text[]) as question (operation, fenced_by) on question.operation = known.operation
        where known.state in ('failed', 'fenced') and known.fenced_by is distinct from question.fenced_by
        order by known.operation for update of known)
      update ${table} as known set state = 'fenced', attempt = known.attempt + 1, fenced_by = locked.fenced_by,
        changed_at = $3::timestamptz, outcome = null, error = null, retry_after_ms = null, value = null, used = null
      from locked where known.operation = locked.operation`,
    holdLocks: `insert into ${locks} as known (resource, token)
      select resource, token from unnest($1::text[], $2::bigint[]) as seen (resource, token) order by resource
      on conflict (resource) do update set token = greatest(known.token, excluded.token)
      returning resource, token`,
    park: `insert into ${parked} (topic, part, record_offset, record_key, value, headers, reason, message, parked_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9::timestamptz) on conflict do nothing`,
    forget: `with old as (select operation from ${table} where changed_at < $1::timestamptz and state <> 'running'
        order by changed_at limit $2 for update skip locked),
      gone as (delete from ${table} where operation in (select operation from old) returning 1)
      select count(*)::int as count from gone`,
    // Tokens are never lower than the time they were given at.
    forgetLocks: `delete from ${locks} where token < $1`,
    forgetParked: `delete from ${parked} where parked_at < $1::timestamptz`,
  };
}
