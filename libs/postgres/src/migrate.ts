import pg from 'pg';
import { SystemClock, type Clock } from '#libs/messaging';
import { addressNow, type DatabaseAddress } from './database-address.js';
import { skaldDataSource } from './data-source.js';
import { daysAhead, extendPartitions } from './partitions.js';
import { translateError } from './translate-error.js';

/** What a migration did. */
export interface MigrationReport {
  /** Names of the migrations that were run, in order. */
  readonly migrations: readonly string[];
  /** Names of the partitions that were made. */
  readonly partitions: readonly string[];
}

/** Longer than any migration may take. */
const STATEMENT_TIMEOUT_MS = 600_000;

const DAY_MS = 86_400_000;

/**
 * Brings the schema of a database to this version and makes the partitions of the next two weeks. Several processes may
 * call it at once: one works, the others wait and find nothing to do.
 *
 * @throws StoreUnavailableError when the database does not answer.
 */
export async function migrate(
  databaseUrl: DatabaseAddress,
  clock: Clock = new SystemClock(),
): Promise<MigrationReport> {
  const guard = new pg.Client({
    connectionString: addressNow(databaseUrl),
    application_name: 'skald migrate',
    keepAlive: true,
  });
  // A server that goes away in the middle is reported by the call it interrupts.
  guard.on('error', () => undefined);
  try {
    await guard.connect();
    // Held by the session: it ends with the process, however that ends.
    await guard.query("select pg_advisory_lock(hashtext('skald migrate'))");
    return await run(databaseUrl, clock);
  } catch (error) {
    throw translateError(error, 'migration');
  } finally {
    await guard.end().catch(() => undefined);
  }
}

async function run(databaseUrl: DatabaseAddress, clock: Clock): Promise<MigrationReport> {
  const source = skaldDataSource({ databaseUrl, size: 2, statementTimeoutMs: STATEMENT_TIMEOUT_MS });
  await source.initialize();
  try {
    const done = await source.runMigrations();
    // From yesterday on, because records carry the broker's time, and clocks differ.
    const partitions = await extendPartitions(source, clock.now() - DAY_MS, daysAhead + 1);
    return { migrations: done.map((migration) => migration.name), partitions };
  } finally {
    await source.destroy();
  }
}
