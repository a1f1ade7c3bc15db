import type { Pool } from 'pg';
import { migrationSql } from './migrations/operation-migrations.js';
import { missingMigrations } from './schema-check.js';
import { PgTransactions } from './pg-transactions.js';
import { quotedSchema } from './schema-name.js';

/** Two participants that start at once must not migrate at once; the number only has to differ from other locks. */
const migrationLock = 4_070_120_263;

/** Brings the tables of `schema` up to date and returns the names of the steps it applied. Safe to call at each start. */
export function migrateOperationMemory(pool: Pool, schema: string): Promise<readonly string[]> {
  const transactions = new PgTransactions(pool);
  return transactions.run(async (client) => {
    await transactions.query(client, 'select pg_advisory_xact_lock($1)', [migrationLock]);
    await transactions.query(client, `create schema if not exists ${quotedSchema(schema)}`);
    const missing = await missingMigrations(schema, (sql) => transactions.query(client, sql));
    for (const migration of missing) {
      for (const statement of migrationSql(migration, schema)) await transactions.query(client, statement);
    }
    return missing.map((migration) => migration.name);
  });
}
