// Old workers: may keep running; a contract that is published through one of them counts for sagas under way, too.
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What participants and namespaces said before they were published anew. */
export class FormerDefinitions1795219200006 implements MigrationInterface {
  readonly name = 'FormerDefinitions1795219200006';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(formerTable);
    await runner.query('update saga_schema set version = 6');
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}

const formerTable = `
  create table saga_definition_former (
    kind text not null,
    name text not null,
    version integer not null,
    revision bigint not null,
    file text not null,
    text text not null,
    published_at timestamptz not null,
    published_by text not null,
    constraint saga_definition_former_pkey primary key (kind, name, version, revision)
  )`;
