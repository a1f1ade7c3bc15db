// Old workers: may keep running; they start sagas with the defaults of their toggles and switch none.
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What toggles are since somebody switched them. */
export class Toggles1795219200004 implements MigrationInterface {
  readonly name = 'Toggles1795219200004';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(toggleTable);
    await runner.query('update saga_schema set version = 4');
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}

const toggleTable = `create table saga_toggle (
  definition text not null,
  toggle text not null,
  is_on boolean not null,
  revision bigint not null,
  switched_at timestamptz not null,
  switched_by text not null,
  reason text not null,
  is_new boolean not null,
  constraint saga_toggle_pkey primary key (definition, toggle)
)`;
