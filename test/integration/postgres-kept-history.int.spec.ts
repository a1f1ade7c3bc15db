import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import process from 'node:process';
import pg from 'pg';
import { SystemClock } from '#libs/messaging';
import { migrate, PostgresStores, skaldDataSource } from '#libs/postgres';
import { batchOf, home0, startedOrder } from '#libs/testing';
import { createDatabase, dropDatabase } from '../../deploy/local/src/index.js';

// The machine may be busy.
jest.setTimeout(60_000);

const DAY_MS = 86_400_000;
const name = 'skald_kept_history';
const now = new SystemClock().now();
const saga = startedOrder(now, 'order-1').id;
const attempts = [
  ['update', 'saga_history', "update saga_history set entries = '[1]'"],
  ['delete', 'saga_history', 'delete from saga_history'],
  ['truncate', 'saga_history', 'truncate saga_history'],
  ['update', 'saga_audit', "update saga_audit set asked_by = 'somebody else'"],
  ['delete', 'saga_audit', 'delete from saga_audit'],
  ['truncate', 'saga_audit', 'truncate saga_audit'],
] as const;

let databaseUrl: string;
let admin: pg.Client;
let stores: PostgresStores;

beforeEach(async () => {
  databaseUrl = await createDatabase(process.env['DATABASE_URL'] ?? '', name);
  admin = new pg.Client({ connectionString: databaseUrl });
  await admin.connect();
  stores = new PostgresStores({ databaseUrl });
});

afterEach(async () => {
  await stores.stop();
  await admin.end();
  await dropDatabase(process.env['DATABASE_URL'] ?? '', name);
});

describe('what was written about the past', () => {
  beforeEach(async () => {
    await migrate(databaseUrl);
    await stores.start();
    const lane = await stores.lanes.takeOver(home0, 'one');
    const asked = {
      request: 'r-1',
      saga,
      at: now,
      action: 'retry',
      by: 'ann',
      result: 'done',
      detail: '',
    } as const;
    const history = [{ saga, revision: 1, at: now, entries: '[]' }];
    expect(await stores.lanes.commit([batchOf(lane, { history, audits: [asked] })])).toEqual({
      kind: 'committed',
    });
  });

  it.each(attempts)('refuses to %s %s', async (operation, table, statement) => {
    await expectRefused(operation, table, statement);

    expect(await stores.operators.history(saga)).toHaveLength(1);
    expect(await stores.operators.audits(saga)).toMatchObject([{ request: 'r-1', by: 'ann' }]);
  });

  it('leaves with its day', async () => {
    const dropped = await stores.housekeeping.dropPartitions({ history: now + 2 * DAY_MS, archive: now });

    expect(dropped.length).toBeGreaterThan(0);
    expect(await stores.operators.history(saga)).toEqual([]);
  });

  it('is kept in partitions of later days, too', async () => {
    const later = now + 40 * DAY_MS;
    await stores.housekeeping.extendPartitions(later, 0);
    await insertHistory(later);

    await expectRefused('delete', 'saga_history', 'delete from saga_history where revision = 2');
  });
});

describe('a database that is full when it is migrated', () => {
  beforeEach(async () => {
    await migrateTo(7);
    await admin.query(
      `create table saga_history_20260101 partition of saga_history for values from ('2026-01-01') to ('2026-01-02')`,
    );
    await insertHistory(Date.UTC(2026, 0, 1));
    await admin.query("insert into saga_audit values ('r-1', $1, now(), 'retry', 'ann', null, 'done', '')", [
      saga,
    ]);
    await admin.query('update saga_history set entries = \'["as it was"]\'');
    await migrate(databaseUrl);
    await stores.start();
  });

  it.each(attempts)('refuses to %s %s from then on', async (operation, table, statement) => {
    await expectRefused(operation, table, statement);

    expect(await stores.operators.history(saga)).toMatchObject([{ entries: '["as it was"]' }]);
    expect(await stores.operators.audits(saga)).toMatchObject([{ request: 'r-1', by: 'ann' }]);
  });
});

async function expectRefused(operation: string, table: string, statement: string): Promise<void> {
  await expect(admin.query(statement)).rejects.toMatchObject({
    code: '23001',
    message: expect.stringMatching(
      new RegExp(`^${operation} refused: rows of ${table}(_\\d{8})? are never changed or removed$`),
    ),
  });
}

async function insertHistory(at: number): Promise<void> {
  await admin.query("insert into saga_history values ($1, 2, $2, '[]')", [saga, new Date(at)]);
}

/** The schema as it was at a version. */
async function migrateTo(version: number): Promise<void> {
  const source = skaldDataSource({ databaseUrl });
  const all = Object.values(source.options.migrations ?? []);
  await source.setOptions({ migrations: all.slice(0, version) }).initialize();
  await source.runMigrations();
  await source.destroy();
}
