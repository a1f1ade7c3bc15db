import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import type { LanePosition } from '#libs/orchestration';
import { LanePool, PostgresLaneStore } from '#libs/postgres';
import {
  after,
  batchOf,
  committed,
  home0,
  home1,
  startedOrder,
  storedOrder,
  type StoreSet,
} from '#libs/testing';
import { startProxy } from '../../deploy/local/src/index.js';
import {
  frozenHolder,
  holdKey,
  outcomeOf,
  through,
  untilGone,
  untilWaiting,
} from './postgres-accident-parts.js';
import { postgresFixture, type PostgresFixture } from './postgres-fixture.js';

// Some accidents last as long as the patience they are about.
jest.setTimeout(60_000);

let fixture: PostgresFixture;
let stores: StoreSet;

beforeAll(async () => {
  fixture = await postgresFixture('skald_accidents');
});

beforeEach(async () => {
  stores = await fixture.emptied();
});

afterAll(() => fixture.close());

describe('a takeover while a commit of the former holder is under way', () => {
  it('waits for the commit and finds its messages', async () => {
    const lane = await stores.lanes.takeOver(home0, 'former');
    const order = startedOrder(stores.now, 'order-1');
    const letGo = await holdKey(fixture.admin, order);
    const commit = stores.lanes.commit([
      batchOf(lane, { inserts: [order], outbox: 'last words', nextOffset: 9 }),
    ]);
    await untilWaiting(fixture.admin, 'skald_commit_1', 1);

    const takeover = stores.lanes.takeOver(home0, 'present');
    await untilWaiting(fixture.admin, 'insert into saga_lane', 1);
    await letGo();

    expect(await commit).toEqual({ kind: 'committed' });
    expect(await takeover).toMatchObject({ nextOffset: 9, seq: 1 });
    expect(await stores.lanes.unsent(home0)).toEqual([{ seq: 0, payload: 'last words' }]);
  });

  it('voids a commit that does not end by itself', async () => {
    const lane = await stores.lanes.takeOver(home0, 'former');
    const order = startedOrder(stores.now, 'order-1');
    const letGo = await holdKey(fixture.admin, order);
    const commit = outcomeOf(stores.lanes.commit([batchOf(lane, { inserts: [order], outbox: 'void' })]));
    await untilWaiting(fixture.admin, 'skald_commit_1', 1);

    const present = await stores.lanes.takeOver(home0, 'present');
    await letGo();

    expect(await commit).toMatchObject({ code: 'STORE_UNAVAILABLE', retryable: true });
    expect(present.seq).toBe(0);
    expect(await stores.lanes.unsent(home0)).toEqual([]);
  });
});

describe('a former holder frozen with the lane in its hands', () => {
  it('is ended by the one that takes over', async () => {
    await stores.lanes.takeOver(home0, 'former');
    const frozen = await frozenHolder(fixture.databaseUrl);
    try {
      const present = await stores.lanes.takeOver(home0, 'present');

      expect(await stores.lanes.commit([batchOf(present)])).toEqual({ kind: 'committed' });
      // Its locks go a moment before its session.
      await untilGone(fixture.admin, 'frozen holder');
    } finally {
      frozen.kill('SIGKILL');
      await once(frozen, 'exit');
    }
  });
});

describe('a commit whose answer is lost', () => {
  it('is found by the next takeover when it took effect', async () => {
    const { port, hostname } = new URL(fixture.databaseUrl);
    const proxy = await startProxy({ target: { host: hostname, port: Number(port) } });
    const far = await fixture.another({ databaseUrl: through(fixture.databaseUrl, proxy.address.port) });
    const lane = await far.lanes.takeOver(home0, 'one');
    const order = startedOrder(stores.now, 'order-1');
    const letGo = await holdKey(fixture.admin, order);
    const commit = outcomeOf(far.lanes.commit([batchOf(lane, { inserts: [order], outbox: 'done' })]));
    await untilWaiting(fixture.admin, 'skald_commit_1', 1);

    proxy.cut();
    const outcome = await commit;
    await letGo();
    const again = await stores.lanes.takeOver(home0, 'one');

    expect(outcome).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(again.seq).toBe(1);
    expect(await stores.lanes.unsent(home0)).toEqual([{ seq: 0, payload: 'done' }]);
    await far.stop();
    await proxy.stop();
  });

  it('is void when its session was ended', async () => {
    const lane = await stores.lanes.takeOver(home0, 'one');
    const order = startedOrder(stores.now, 'order-1');
    const letGo = await holdKey(fixture.admin, order);
    const commit = outcomeOf(stores.lanes.commit([batchOf(lane, { inserts: [order], outbox: 'void' })]));
    await untilWaiting(fixture.admin, 'skald_commit_1', 1);

    await fixture.admin.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where query like '%skald_commit_1%' and wait_event_type = 'Lock'",
    );
    const outcome = await commit;
    await letGo();

    expect(outcome).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await stores.lanes.takeOver(home0, 'one')).toMatchObject({ seq: 0 });
    expect(await stores.lanes.unsent(home0)).toEqual([]);
    expect(await stores.lanes.loadInstances([order.id])).toEqual([]);
  });
});

describe('two lanes that race for one key', () => {
  it('start one saga and tell the other its winner', async () => {
    const orders = [startedOrder(stores.now, 'order-1'), startedOrder(stores.now + 1, 'order-1')] as const;
    const lanes = [
      await stores.lanes.takeOver(home0, 'one'),
      await stores.lanes.takeOver(home1, 'one'),
    ] as const;
    const letGo = await holdKey(fixture.admin, orders[0]);
    const commits = [0, 1].map((index) =>
      stores.lanes.commit([batchOf(lanes[index]!, { inserts: [orders[index]!] })]),
    );
    await untilWaiting(fixture.admin, 'skald_commit_1', 2);

    await letGo();
    const results = await Promise.all(commits);

    expect(results.map((result) => result.kind).toSorted()).toEqual(['committed', 'duplicates']);
    const [stored] = await stores.lanes.loadInstances(orders.map((order) => order.id));
    const loser = orders.find((order) => order.id !== stored?.id);
    expect(results).toContainEqual({ kind: 'duplicates', starts: [{ saga: loser?.id, winner: stored?.id }] });
  });

  it('do not block each other for ever', async () => {
    const [first, second] = [
      await stores.lanes.takeOver(home0, 'one'),
      await stores.lanes.takeOver(home1, 'one'),
    ];
    const keys = Array.from({ length: 40 }, (_, number) => `order-${number}`);
    const one = keys.map((key) => startedOrder(stores.now, key));
    const other = keys.toReversed().map((key) => startedOrder(stores.now + 1, key));

    const results = await Promise.all([
      stores.lanes.commit([batchOf(first, { inserts: one })]),
      stores.lanes.commit([batchOf(second, { inserts: other })]),
    ]);

    expect(results.map((result) => result.kind).toSorted()).toEqual(['committed', 'duplicates']);
  });
});

describe('a process that commits several lanes while they are taken over', () => {
  it('loses them without a deadlock', async () => {
    let lanes: readonly LanePosition[] = await Promise.all(
      [home0, home1].map((at) => stores.lanes.takeOver(at, 'one')),
    );
    const other = await fixture.another();
    for (let round = 0; round < 20; round += 1) {
      const batches = lanes.map((lane) => batchOf(lane, { outbox: `round ${round}` }));
      const commit = outcomeOf(stores.lanes.commit(round % 2 === 0 ? batches : batches.toReversed()));
      const taken = await Promise.all([home1, home0].map((at) => other.lanes.takeOver(at, 'two')));
      const outcome = await commit;

      expect(['LANE_LOST', 'committed']).toContain('code' in outcome ? outcome.code : outcome.kind);
      expect(taken.map((lane) => lane.seq)).toEqual(taken.map(() => taken[0]?.seq));
      lanes = taken.toReversed();
    }
  });
});

describe('a saga that is archived while a lane still has it in memory', () => {
  it('is a conflict, not a second row', async () => {
    const order = startedOrder(stores.now, 'order-1', { status: 'completed', finishedAt: stores.now });
    const lane = await committed(stores, { inserts: [order] });
    await stores.housekeeping.archive(stores.now + 1, 10);

    const late = batchOf(lane, { updates: [storedOrder(order, { revision: 2 })] });

    expect(await stores.lanes.commit([late])).toEqual({ kind: 'conflicts', sagas: [order.id] });
    expect(await stores.operators.list({})).toHaveLength(1);
  });
});

describe('a state that quotes a NUL character', () => {
  it('is stored, because JSON writes it in six characters', async () => {
    const order = startedOrder(stores.now, 'order-1', { state: JSON.stringify({ name: 'a\0b' }) });
    await committed(stores, { inserts: [order] });

    expect(await stores.lanes.loadInstances([order.id])).toEqual([storedOrder(order)]);
  });
});

describe('a wake that does not change', () => {
  it('leaves every index alone', async () => {
    const pool = new LanePool({ databaseUrl: fixture.databaseUrl, size: 1 });
    const lanes = new PostgresLaneStore(pool);
    const given = { wakeAt: stores.now + 30_000 };
    const orders = [1, 2, 3].map((number) => startedOrder(stores.now, `order-${number}`, given));
    await committed(stores, { inserts: orders });
    let lane = await lanes.takeOver(home0, 'one');
    await fixture.admin.query("select pg_stat_reset_single_table_counters('saga_instance'::regclass)");
    for (let revision = 2; revision < 6; revision += 1) {
      const state = JSON.stringify({ revision });
      const batch = batchOf(lane, {
        updates: orders.map((order) => storedOrder(order, { revision, state })),
      });
      await lanes.commit([batch]);
      lane = after(batch);
    }
    // A session keeps its counters to itself for a while.
    await pool.run('handing over of counters', { text: 'select pg_stat_force_next_flush()' });
    await pool.stop();

    const counted = await fixture.admin.query(
      `select n_tup_upd::integer as updates, n_tup_hot_upd::integer as "inPlace"
         from pg_stat_user_tables where relname = 'saga_instance'`,
    );
    expect(counted.rows).toEqual([{ updates: 12, inPlace: 12 }]);
  });
});
