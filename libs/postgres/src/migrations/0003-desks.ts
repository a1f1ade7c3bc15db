// Old workers: may keep running until something is published that waits for events or other sagas; they park records
// for desks as unknown. The function they call does for them what it did.
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { keepDesksFunction } from './keep-desks-function-1.js';
import { setAsideFunction } from './set-aside-function-2.js';

/** What is remembered under a key although it is no saga. */
export class Desks1795219200003 implements MigrationInterface {
  readonly name = 'Desks1795219200003';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...deskTable, keepDesksFunction, setAsideFunction])
      await runner.query(statement);
    await runner.query('update saga_schema set version = 3, oldest_worker = 2');
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}

// Rows come, change and go quickly: room in each page, and a vacuum that starts early.
const deskTable = [
  `create table saga_desk (
     id uuid not null constraint saga_desk_pkey primary key,
     kind text not null,
     key text not null,
     home integer not null,
     wake_at timestamptz,
     expires_at timestamptz,
     held boolean not null,
     tags text[] not null,
     state text not null
   ) with (fillfactor = 60, autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05)`,
  'create index saga_desk_wake on saga_desk (home, wake_at) where wake_at is not null',
  'create index saga_desk_expiry on saga_desk (expires_at) where expires_at is not null',
  'create index saga_desk_kind on saga_desk (kind, id)',
  'create index saga_desk_tags on saga_desk using gin (tags)',
];
