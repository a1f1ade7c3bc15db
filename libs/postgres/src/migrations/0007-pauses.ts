// Old workers: may keep running; they send what is paused.
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What people have paused. */
export class Pauses1795219200007 implements MigrationInterface {
  readonly name = 'Pauses1795219200007';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(pauseTable);
    await runner.query('update saga_schema set version = 7');
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}

const pauseTable = `create table saga_pause (
  kind text not null,
  name text not null,
  revision bigint not null,
  paused_at timestamptz not null,
  paused_by text not null,
  reason text not null,
  resumed_at timestamptz,
  resumed_by text,
  resumed_reason text,
  over_at timestamptz,
  constraint saga_pause_pkey primary key (kind, name)
)`;
