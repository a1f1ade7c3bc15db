import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import process from 'node:process';
import pg from 'pg';
import { SystemClock } from '#libs/messaging';
import { LanePool, migrate, PostgresStores, schemaVersion, skaldDataSource } from '#libs/postgres';
import { createDatabase, dropDatabase } from '../../deploy/local/src/index.js';

// The machine may be busy.
jest.setTimeout(60_000);

const name = 'skald_start';
let databaseUrl: string;
let admin: pg.Client;

beforeEach(async () => {
  databaseUrl = await createDatabase(process.env['DATABASE_URL'] ?? '', name);
  admin = new pg.Client({ connectionString: databaseUrl });
  await admin.connect();
});

afterEach(async () => {
  await admin.end();
  await dropDatabase(process.env['DATABASE_URL'] ?? '', name);
});

describe('a coordinator that starts', () => {
  it('refuses an empty database', async () => {
    expect(await refusal()).toMatchObject({
      code: 'LAYOUT',
      message: expect.stringContaining("run 'skald migrate'"),
    });
  });

  it('accepts a migrated database', async () => {
    await migrate(databaseUrl);

    expect(await refusal()).toBeUndefined();
  });

  it('refuses an older schema', async () => {
    await migrate(databaseUrl);
    await admin.query('update saga_schema set version = version - 1');

    expect(await refusal()).toMatchObject({
      code: 'LAYOUT',
      message: expect.stringContaining("run 'skald migrate'"),
    });
  });

  it('accepts a newer schema that lets it run on', async () => {
    await migrate(databaseUrl);
    await admin.query('update saga_schema set version = version + 1');

    expect(await refusal()).toBeUndefined();
  });

  it('refuses a newer schema that does not', async () => {
    await migrate(databaseUrl);
    await admin.query('update saga_schema set version = $1, oldest_worker = $1', [schemaVersion + 1]);

    expect(await refusal()).toMatchObject({ code: 'LAYOUT', message: expect.stringContaining('too new') });
  });

  it('refuses a database without a partition for today', async () => {
    await migrate(databaseUrl, new LateClock());

    expect(await refusal()).toMatchObject({
      code: 'LAYOUT',
      message: expect.stringContaining("run 'skald migrate'"),
    });
  });

  it('says that nobody answers', async () => {
    expect(await refusal('postgres://postgres@127.0.0.1:9/nowhere')).toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
  });

  it('reads the timeline of the server', async () => {
    await migrate(databaseUrl);
    const stores = new PostgresStores({ databaseUrl });

    expect(await stores.timeline()).toBeGreaterThanOrEqual(1);
    await stores.stop();
  });
});

describe('a database that was changed by hand', () => {
  it('differs from what the entities describe', async () => {
    await migrate(databaseUrl);
    await admin.query('drop index saga_audit_saga; alter table saga_lane alter column owner drop not null');
    const source = await skaldDataSource({ databaseUrl }).initialize();

    const differences = await source.driver.createSchemaBuilder().log();
    await source.destroy();

    expect(differences.upQueries).toHaveLength(2);
  });
});

describe('lanes on a database that is not migrated', () => {
  it('say which command is missing', async () => {
    const stores = new PostgresStores({ databaseUrl });

    await expect(stores.lanes.takeOver({ topic: 'home', part: 0 }, 'one')).rejects.toMatchObject({
      code: 'LAYOUT',
      message: expect.stringContaining("run 'skald migrate'"),
    });
    await stores.stop();
  });
});

describe('stores that were never started', () => {
  it('stop, and stop again', async () => {
    const stores = new PostgresStores({ databaseUrl });

    await stores.stop();
    await expect(stores.stop()).resolves.toBeUndefined();
  });
});

describe('a session of lanes', () => {
  it('is durable whatever the default of the database', async () => {
    await migrate(databaseUrl);
    await admin.query(`alter database ${name} set synchronous_commit = off`);
    const pool = new LanePool({ databaseUrl, size: 1 });

    const [session] = await pool.run('setting', {
      text: "select current_setting('synchronous_commit') as durable",
    });
    await pool.stop();

    expect(session).toEqual({ durable: 'on' });
  });
});

/** A clock that is 40 days behind. */
class LateClock extends SystemClock {
  override now(): number {
    return super.now() - 40 * 86_400_000;
  }
}

async function refusal(url = databaseUrl): Promise<unknown> {
  const stores = new PostgresStores({ databaseUrl: url });
  try {
    await stores.start();
    return undefined;
  } catch (error) {
    return error;
  } finally {
    await stores.stop();
  }
}
