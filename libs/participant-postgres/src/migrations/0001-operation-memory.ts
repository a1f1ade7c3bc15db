import type { OperationMigration } from './operation-migration.js';

/** First version of the tables. There are no older participants that could keep running. */
export const createOperationMemory: OperationMigration = {
  version: 1,
  name: '0001-operation-memory',
  statements: (schema) => [
    // Rows are written twice in the transaction that makes them; room in the page keeps the second version beside the first.
    `create table ${schema}.skald_operation (
  operation text primary key,
  attempt integer not null,
  state text not null check (state in ('running', 'failed', 'fenced', 'done', 'rejected', 'undone')),
  changed_at timestamptz not null,
  outcome text,
  error text,
  retry_after_ms bigint,
  value text,
  used text,
  origin text,
  undoes text,
  state_before text,
  undone_by text,
  fenced_by text
) with (fillfactor = 80)`,
    `comment on table ${schema}.skald_operation is 'what this participant remembers of the operations it was asked for'`,
    `comment on column ${schema}.skald_operation.origin is 'of an accepted command: what is needed to answer it later'`,
    `comment on column ${schema}.skald_operation.retry_after_ms is 'of a failure: not before so long; -1: never'`,
    `comment on column ${schema}.skald_operation.state_before is 'what it was before the compensation undone_by marked it; null once that has succeeded'`,
    `create index skald_operation_changed_at on ${schema}.skald_operation (changed_at)`,
    `create table ${schema}.skald_lock_token (
  resource text primary key,
  token bigint not null
)`,
    `comment on table ${schema}.skald_lock_token is 'the highest token seen of each lock: a lower one is that of a former holder'`,
    `create table ${schema}.skald_parked_command (
  topic text not null,
  part integer not null,
  record_offset bigint not null,
  record_key bytea,
  value bytea,
  headers json not null,
  reason text not null,
  message text not null,
  parked_at timestamptz not null,
  primary key (topic, part, record_offset)
)`,
    `comment on column ${schema}.skald_parked_command.headers is 'values in base64, since they may be any bytes'`,
  ],
};
