// Old workers: may keep running until something is published that limits commands; they send without looking at limits.
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { keepLimitedFunction } from './keep-limited-function-1.js';
import { setAsideFunction } from './set-aside-function-3.js';

/** Commands that wait for a limit or count against it, and what all coordinators remember of it. */
export class Limits1795219200005 implements MigrationInterface {
  readonly name = 'Limits1795219200005';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...limitTables, keepLimitedFunction, setAsideFunction])
      await runner.query(statement);
    await runner.query('update saga_schema set version = 5');
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}

// Rows come and go quickly: a vacuum that starts early, and one page that a limit's row is updated in.
const limitTables = [
  `create table saga_limited (
     topic text not null,
     part integer not null,
     seq bigint not null,
     n integer not null,
     saga_id uuid not null,
     operation text not null,
     attempt integer not null,
     limited_by text not null,
     queued_at timestamptz not null,
     is_granted boolean not null,
     payload text,
     constraint saga_limited_pkey primary key (topic, part, seq, n)
   ) with (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05)`,
  'create index saga_limited_by on saga_limited (limited_by)',
  'create index saga_limited_saga on saga_limited (saga_id)',
  `create table saga_limit (
     name text not null constraint saga_limit_pkey primary key,
     state text not null
   ) with (fillfactor = 10, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500)`,
];
