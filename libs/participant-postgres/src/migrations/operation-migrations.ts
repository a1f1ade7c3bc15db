import { quotedSchema } from '../schema-name.js';
import { createOperationMemory } from './0001-operation-memory.js';
import type { OperationMigration } from './operation-migration.js';

/** All steps, oldest first. */
export const operationMigrations: readonly OperationMigration[] = [createOperationMemory];

/** The statements of one step for `schema`, with the one that records it. For tools that run SQL files. */
export function migrationSql(migration: OperationMigration, schema: string): readonly string[] {
  const quoted = quotedSchema(schema);
  return [
    `create table if not exists ${quoted}.skald_participant_migration (
  version integer primary key,
  name text not null,
  applied_at timestamptz not null default now()
)`,
    ...migration.statements(quoted),
    `insert into ${quoted}.skald_participant_migration (version, name) values (${migration.version}, '${migration.name}')`,
  ];
}
