import pg from 'pg';
import { SystemClock } from '#libs/messaging';
import { migrate, PostgresStores, type PostgresStoresOptions } from '#libs/postgres';
import type { StoreSet } from '#libs/testing';
import { createDatabase, dropDatabase } from '../../deploy/local/src/index.js';

const server = process.env['DATABASE_URL'] ?? '';

/** A migrated database of a test file, and the stores over it. */
export interface PostgresFixture {
  readonly databaseUrl: string;
  /** Looks past the stores, and stands for other people's sessions. */
  readonly admin: pg.Pool;
  readonly stores: PostgresStores;
  /** Every store, over tables that are empty. */
  emptied(): Promise<StoreSet>;
  /** More stores over the same database: another coordinator. */
  another(options?: Partial<PostgresStoresOptions>): Promise<PostgresStores>;
  /** Closes everything and drops the database. */
  close(): Promise<void>;
}

/** Makes the database `name`, migrates it and opens the stores. */
export async function postgresFixture(name: string): Promise<PostgresFixture> {
  const databaseUrl = await createDatabase(server, name);
  await migrate(databaseUrl);
  const admin = new pg.Pool({ connectionString: databaseUrl, max: 3 });
  admin.on('error', () => undefined);
  const opened: PostgresStores[] = [];
  const another = async (options: Partial<PostgresStoresOptions> = {}) => {
    const stores = new PostgresStores({ databaseUrl, ...options });
    opened.push(stores);
    await stores.start();
    return stores;
  };
  const stores = await another();
  return {
    databaseUrl,
    admin,
    stores,
    emptied: async () => {
      await empty(admin);
      return storeSet(stores);
    },
    another,
    close: async () => {
      await Promise.all(opened.map((each) => each.stop()));
      await admin.end();
      await dropDatabase(server, name);
    },
  };
}

/** The stores as contracts want them. */
export function storeSet(stores: PostgresStores): StoreSet {
  const { lanes, operators, housekeeping, definitions, installations, transfers } = stores;
  return {
    lanes,
    operators,
    housekeeping,
    definitions,
    installations,
    transfers,
    now: new SystemClock().now(),
  };
}

/**
 * Deleting is quicker than truncating as long as there are only a few rows. History is not to be deleted: in the role of a
 * replica, for this one transaction, a session fires no triggers.
 */
async function empty(admin: pg.Pool): Promise<void> {
  const { rows } = await admin.query<{ name: string }>(
    `select relname as name from pg_class
      where relkind in ('r', 'p') and not relispartition and relname like 'saga\\_%' and relname <> 'saga_schema'
        and relnamespace = 'public'::regnamespace`,
  );
  const deletions = rows.map(({ name }) => `delete from ${name}`);
  await admin.query(['set local session_replication_role = replica', ...deletions].join('; '));
}
