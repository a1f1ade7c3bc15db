import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import process from 'node:process';
import pg from 'pg';
import { SystemClock } from '#libs/messaging';
import { migrate, PostgresStores } from '#libs/postgres';
import { batchOf, home0, startedOrder } from '#libs/testing';
import { createDatabase, dropDatabase } from '../../deploy/local/src/index.js';

// The machine may be busy.
jest.setTimeout(60_000);

const DAY_MS = 86_400_000;
const name = 'skald_partitions';
const now = new SystemClock().now();
let databaseUrl: string;
let stores: PostgresStores;

beforeEach(async () => {
  databaseUrl = await createDatabase(process.env['DATABASE_URL'] ?? '', name);
  await migrate(databaseUrl);
  stores = new PostgresStores({ databaseUrl });
  await stores.start();
});

afterEach(async () => {
  await stores.stop();
  await dropDatabase(process.env['DATABASE_URL'] ?? '', name);
});

describe('a day without a partition of history', () => {
  it('makes lanes wait and is mended by a migration', async () => {
    await stores.housekeeping.dropPartitions({ history: now + 2 * DAY_MS, archive: now + 2 * DAY_MS });
    const order = startedOrder(now, 'order-1');
    const lane = await stores.lanes.takeOver(home0, 'one');
    const history = [{ saga: order.id, revision: 1, at: now, entries: '[]' }];

    await expect(stores.lanes.commit([batchOf(lane, { inserts: [order], history })])).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining("run 'skald migrate'"),
    });
    await migrate(databaseUrl);

    expect(await stores.lanes.commit([batchOf(lane, { inserts: [order], history })])).toEqual({
      kind: 'committed',
    });
  });
});

describe('an old partition that somebody is reading', () => {
  it('stays for the next time', async () => {
    const before = { history: now + 2 * DAY_MS, archive: now + 2 * DAY_MS };
    const reader = new pg.Client({ connectionString: databaseUrl });
    await reader.connect();
    await reader.query('begin; select from saga_history');

    const dropped = await stores.housekeeping.dropPartitions(before);
    await reader.end();
    const later = await stores.housekeeping.dropPartitions(before);

    expect(dropped.filter((name) => name.startsWith('saga_history'))).toEqual([]);
    expect(later.filter((name) => name.startsWith('saga_history')).length).toBeGreaterThan(0);
  });
});
