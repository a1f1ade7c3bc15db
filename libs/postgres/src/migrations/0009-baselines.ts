// Old workers: may keep running; a version that is published through one of them has no baseline.
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How the version before had gone when a version of a saga was published. */
export class Baselines1795219200009 implements MigrationInterface {
  readonly name = 'Baselines1795219200009';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(baselineTable);
    await runner.query('update saga_schema set version = 9');
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}

const baselineTable = `create table saga_baseline (
  definition text not null,
  version integer not null,
  before json not null,
  constraint saga_baseline_pkey primary key (definition, version)
)`;
