import { SagaError } from '#libs/messaging';
import type { OperationMigration } from './migrations/operation-migration.js';
import { operationMigrations } from './migrations/operation-migrations.js';
import type { Row } from './transactions.js';

/** The tables of the memory are not those this version needs. The participant does not start. */
export class MissingMigrationError extends SagaError {
  override readonly code = 'MISSING_MIGRATION';
  override readonly retryable = false;

  constructor(schema: string, missing: readonly string[]) {
    super(
      `the operation memory in schema "${schema}" lacks the migration ${missing.join(', ')}: call ` +
        `migrateOperationMemory(pool, '${schema}'), or run the migration classes of the kit with your data source`,
      { context: { schema } },
    );
  }
}

type Query = (sql: string) => Promise<readonly Row[]>;

/** The steps that were not applied to `schema`, oldest first. */
export async function missingMigrations(
  schema: string,
  query: Query,
): Promise<readonly OperationMigration[]> {
  // The name is passed as text, so that a missing table is an answer and not an error that would void the transaction.
  const [found] = await query(
    `select to_regclass('"${schema}".skald_participant_migration') is not null as exists`,
  );
  if (found?.['exists'] !== true) return operationMigrations;
  const rows = await query(`select version from "${schema}".skald_participant_migration`);
  const applied = new Set(rows.map((row) => row['version']));
  return operationMigrations.filter((migration) => !applied.has(migration.version));
}

/** @throws MissingMigrationError naming what is missing. */
export async function assertMigrated(schema: string, query: Query): Promise<void> {
  const missing = await missingMigrations(schema, query);
  if (missing.length > 0)
    throw new MissingMigrationError(
      schema,
      missing.map((migration) => migration.name),
    );
}
