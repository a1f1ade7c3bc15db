// Old workers: there are none before this migration.
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The tables. Partitions of history and archive are not made here: they follow the calendar. */
export class Tables1795219200001 implements MigrationInterface {
  readonly name = 'Tables1795219200001';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [
      ...fixedTables,
      ...laneTables,
      ...sagaTables,
      ...asideTables,
      ...definitionTables,
    ]) {
      await runner.query(statement);
    }
    await runner.query('insert into saga_schema (slot, version, oldest_worker) values (1, 1, 1)');
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}

const fixedTables = [
  `create table saga_schema (
     slot smallint not null constraint saga_schema_pkey primary key,
     version integer not null,
     oldest_worker integer not null
   )`,
  `create table saga_installation (
     slot smallint not null constraint saga_installation_pkey primary key,
     name text not null,
     home_topic text not null,
     home_partitions integer not null,
     lane_group text not null,
     gate_group text not null,
     created_at timestamptz not null
   )`,
];

// A few rows rewritten many times a second: room in the page keeps every version in it, and a vacuum
// that starts early and does not pause keeps their number small.
const laneTables = [
  `create table saga_lane (
     topic text not null,
     part integer not null,
     epoch bigint not null,
     seq bigint not null,
     next_offset bigint,
     anchor_offset bigint,
     anchor_at timestamptz,
     anchor_checksum bigint,
     takeovers integer not null,
     attempts integer not null,
     owner text not null,
     taken_at timestamptz not null,
     constraint saga_lane_pkey primary key (topic, part)
   ) with (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_cost_delay = 0)`,
  `create table saga_outbox (
     topic text not null,
     part integer not null,
     seq bigint not null,
     payload text not null,
     constraint saga_outbox_pkey primary key (topic, part, seq)
   ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_insert_threshold = -1,
           autovacuum_vacuum_cost_delay = 0, toast.autovacuum_vacuum_scale_factor = 0,
           toast.autovacuum_vacuum_threshold = 5000, toast.autovacuum_vacuum_insert_threshold = -1,
           toast.autovacuum_vacuum_cost_delay = 0)`,
  // The messages of a batch resemble each other: lz4 makes a seventh of them and takes less time than writing them
  // to the log would. A payload lives for milliseconds, so what compresses more slowly is not worth it: a server built
  // without lz4 stores it as it is.
  `do $$ begin
     alter table saga_outbox alter column payload set compression lz4;
   exception when feature_not_supported then
     alter table saga_outbox alter column payload set storage external;
   end $$`,
];

const instanceColumns = `
     started_at timestamptz not null,
     home integer not null,
     version integer not null,
     definition text not null,
     business_key text not null,
     key_hash bytea not null,
     trace text not null,
     wake_at timestamptz,
     revision integer not null,
     status text not null,
     incident boolean not null,
     held boolean not null,
     state text not null`;

const sagaTables = [
  // Free space in each page, so that new row versions stay beside the old ones, also when all sagas of a page
  // move in one batch. At 60 every second update left its page, at 30 a page held three rows.
  `create table saga_instance (
     id uuid not null constraint saga_instance_pkey primary key,
     finished_at timestamptz,${instanceColumns}
   ) with (fillfactor = 45, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05)`,
  'create index saga_instance_wake on saga_instance (home, wake_at) where finished_at is null',
  'create index saga_instance_finished on saga_instance (finished_at) where finished_at is not null',
  'create index saga_instance_incident on saga_instance (id) where incident',
  'create index saga_instance_business_key on saga_instance using hash (business_key)',
  `create table saga_key (
     definition text not null,
     key_hash bytea not null,
     saga_id uuid not null,
     reusable boolean not null,
     constraint saga_key_pkey primary key (definition, key_hash)
   )`,
  `create table saga_archive (
     id uuid not null,
     finished_at timestamptz not null,${instanceColumns},
     constraint saga_archive_pkey primary key (id, finished_at)
   ) partition by range (finished_at)`,
  'create index saga_archive_business_key on saga_archive using hash (business_key)',
  `create table saga_history (
     saga_id uuid not null,
     revision integer not null,
     at timestamptz not null,
     entries text not null,
     constraint saga_history_pkey primary key (saga_id, revision, at)
   ) partition by range (at)`,
];

const asideTables = [
  `create table saga_parked (
     topic text not null,
     part integer not null,
     record_offset bigint not null,
     record_at timestamptz not null,
     saga_id uuid,
     reason text not null,
     message text not null,
     held boolean not null,
     key bytea,
     value bytea,
     headers text not null,
     constraint saga_parked_pkey primary key (topic, part, record_offset)
   )`,
  'create index saga_parked_saga on saga_parked (saga_id, record_offset)',
  `create table saga_incident (
     saga_id uuid not null,
     incident_id text not null,
     block text,
     code text not null,
     message text not null,
     opened_at timestamptz not null,
     closed_at timestamptz,
     constraint saga_incident_pkey primary key (saga_id, incident_id)
   )`,
  'create index saga_incident_open on saga_incident (opened_at) where closed_at is null',
  `create table saga_audit (
     request text not null constraint saga_audit_pkey primary key,
     saga_id uuid not null,
     at timestamptz not null,
     action text not null,
     asked_by text not null,
     reason text,
     result text not null,
     detail text not null
   )`,
  'create index saga_audit_saga on saga_audit (saga_id, at)',
  `create table saga_request (
     request text not null constraint saga_request_pkey primary key,
     saga_id uuid not null,
     at timestamptz not null
   )`,
  `create table saga_trigger_state (
     definition text not null,
     event text not null,
     gate text not null,
     gated bigint not null,
     constraint saga_trigger_state_pkey primary key (definition, event, gate)
   )`,
];

const definitionTables = [
  `create table saga_definition (
     kind text not null,
     name text not null,
     version integer not null,
     file text not null,
     text text not null,
     revision bigint not null,
     published_at timestamptz not null,
     published_by text not null,
     constraint saga_definition_pkey primary key (kind, name, version)
   )`,
  `create table saga_definition_file (
     path text not null constraint saga_definition_file_pkey primary key,
     text text not null,
     revision bigint not null,
     published_at timestamptz not null,
     published_by text not null
   )`,
];
