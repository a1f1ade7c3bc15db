import pg from 'pg';
import { migrateOperationMemory, PgTransactions, PostgresOperationMemory } from '#libs/participant-postgres';
import type { Shop } from './shop.js';

/** `DATABASE_URL` of this process. @throws Error that says what is missing. */
export function databaseUrlOf(env: Readonly<Record<string, string | undefined>>): string {
  const url = env['DATABASE_URL'] ?? '';
  if (url === '') throw new Error('DATABASE_URL is missing: postgres://user:password@host:port/database');
  return url;
}

/** A pool with the participant's tables in place, closed when the shop stops. */
export async function openPool(
  shop: Shop,
  databaseUrl: string,
  schema: string,
  statements: readonly string[],
): Promise<pg.Pool> {
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 4, application_name: `shop ${schema}` });
  pool.on('error', (error) => shop.log.warn('a database connection was lost', { reason: error.message }));
  shop.onStop(() => pool.end());
  await migrateOperationMemory(pool, schema);
  await runAlone(pool, schema, statements);
  return pool;
}

/** A memory beside the participant's own tables. */
export function memoryOf(shop: Shop, pool: pg.Pool, schema: string): PostgresOperationMemory<pg.PoolClient> {
  return new PostgresOperationMemory(new PgTransactions(pool), shop.clock, { schema, log: shop.log });
}

/** Replicas start at the same time, and "create if not exists" of the same table at the same time fails in one of them. */
async function runAlone(pool: pg.Pool, schema: string, statements: readonly string[]): Promise<void> {
  await new PgTransactions(pool).run(async (client) => {
    await client.query('select pg_advisory_xact_lock(hashtext($1))', [schema]);
    for (const statement of statements) await client.query(statement);
  });
}
