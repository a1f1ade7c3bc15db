import { expect } from '@jest/globals';
import { CompareVersions, MeasureVersion } from '#libs/orchestration';
import { defineContract } from './contract.js';
import { FakeClock } from './fake-clock.js';
import {
  batchOf,
  committed,
  home0,
  startedOrder,
  storedLock,
  storedOrder,
  type StoreSet,
} from './store-set.js';

const DAY_MS = 86_400_000;

/** What every HousekeepingStore promises. */
export const housekeepingStoreContract = defineContract<StoreSet>('HousekeepingStore', [
  {
    name: 'lets one process work at a time',
    run: async ({ housekeeping }) => {
      let inner: boolean | undefined;
      const outer = await housekeeping.exclusively(async () => {
        inner = await housekeeping.exclusively(async () => undefined);
      });

      expect([outer, inner]).toEqual([true, false]);
      expect(await housekeeping.exclusively(async () => undefined)).toBe(true);
    },
  },
  {
    name: 'lets the next process work after one has failed',
    run: async ({ housekeeping }) => {
      const failure = housekeeping.exclusively(() => Promise.reject(new Error('planned')));

      await expect(failure).rejects.toThrow('planned');
      expect(await housekeeping.exclusively(async () => undefined)).toBe(true);
    },
  },
  {
    name: 'finds what should have been woken, in every home',
    run: async (stores) => {
      const { now } = stores;
      const [missed, elsewhere] = [
        startedOrder(now, 'missed', { wakeAt: now - 10 }),
        startedOrder(now, 'elsewhere', { wakeAt: now - 20, home: 3 }),
      ];
      const finished = startedOrder(now, 'finished', {
        wakeAt: now - 10,
        status: 'completed',
        finishedAt: now,
      });
      await committed(stores, {
        inserts: [missed, elsewhere, finished, startedOrder(now, 'due', { wakeAt: now })],
      });

      expect(await stores.housekeeping.overdue(now, 10)).toEqual([
        { saga: elsewhere.id, at: now - 20, home: 3 },
        { saga: missed.id, at: now - 10, home: 0 },
      ]);
      expect(await stores.housekeeping.overdue(now, 1)).toHaveLength(1);
    },
  },
  {
    name: 'finds desks that should have been woken',
    run: async (stores) => {
      const { now } = stores;
      const saga = startedOrder(now, 'missed', { wakeAt: now - 10 });
      const desk = storedLock('missed', { wakeAt: now - 20, home: 3 });
      const due = storedLock('due', { wakeAt: now });
      await committed(stores, { inserts: [saga], desks: { kept: [desk, due], gone: [] } });

      expect(await stores.housekeeping.overdue(now, 10)).toEqual([
        { saga: desk.id, at: now - 20, home: 3 },
        { saga: saga.id, at: now - 10, home: 0 },
      ]);
    },
  },
  {
    name: 'drops desks that expired before, unless they are held',
    run: async (stores) => {
      const { now } = stores;
      const [one, other] = [1, 2].map((no) => storedLock(`expired-${no}`, { expiresAt: now - no }));
      const left = [
        storedLock('held', { expiresAt: now - 1, held: true }),
        storedLock('young', { expiresAt: now }),
        storedLock('lasting'),
      ];
      await committed(stores, { desks: { kept: [one!, other!, ...left], gone: [] } });

      const dropped = [
        await stores.housekeeping.dropDesks(now, 1),
        await stores.housekeeping.dropDesks(now, 5),
        await stores.housekeeping.dropDesks(now, 5),
      ];

      expect(dropped).toEqual([1, 1, 0]);
      const found = await stores.lanes.loadDesks([one!, other!, ...left].map(({ id }) => id));
      expect(new Set(found)).toEqual(new Set(left));
    },
  },
  {
    name: 'remembers what was switched until all have heard of it',
    run: async ({ definitions, housekeeping, now }) => {
      const off = { definition: 'order', toggle: 'agent', on: false, at: now, by: 'ann', reason: 'it errs' };
      await definitions.switchToggle(off, 'r-1');
      expect(await housekeeping.newlySwitched()).toEqual([off]);
      await definitions.switchToggle({ ...off, at: now + 1, on: true }, 'r-2');
      await housekeeping.heardOf(off);
      expect(await housekeeping.newlySwitched()).toEqual([{ ...off, at: now + 1, on: true }]);
      await housekeeping.heardOf({ ...off, at: now + 1, on: true });

      expect(await housekeeping.newlySwitched()).toEqual([]);
    },
  },
  {
    name: 'lists the running sagas of a definition, page by page',
    run: async (stores) => {
      const { now } = stores;
      const orders = [1, 2, 3].map((no) => startedOrder(now + no, `order-${no}`));
      const finished = startedOrder(now, 'finished', { status: 'completed', finishedAt: now });
      const other = startedOrder(now, 'other', { definition: 'return' });
      await committed(stores, { inserts: [...orders, finished, other] });

      const first = await stores.housekeeping.running('order', undefined, 2);
      expect(first).toEqual(orders.slice(0, 2).map(({ id }) => id));
      expect(await stores.housekeeping.running('order', first[1], 2)).toEqual([orders[2]!.id]);
      expect(await stores.housekeeping.running('order', orders[2]!.id, 2)).toEqual([]);
    },
  },
  {
    name: 'archives what finished before, in the order of ids',
    run: async (stores) => {
      const ended = { status: 'completed', finishedAt: stores.now - 1 } as const;
      const [younger, older] = [
        startedOrder(stores.now - 5, 'younger', ended),
        startedOrder(stores.now - 9, 'older', ended),
      ];
      const justNow = startedOrder(stores.now - 7, 'just now', { ...ended, finishedAt: stores.now });
      const running = startedOrder(stores.now - 8, 'running');
      await committed(stores, { inserts: [younger, older, justNow, running] });

      expect(await stores.housekeeping.archive(stores.now, 1)).toBe(1);
      expect(await stores.lanes.archived([younger.id])).toEqual([]);
      expect(await stores.lanes.archived([older.id])).toEqual([older.id]);
      expect(await stores.housekeeping.archive(stores.now, 10)).toBe(1);
      expect(await stores.lanes.loadInstances([justNow.id, running.id])).toHaveLength(2);
      expect(await stores.operators.find(older.id)).toEqual(storedOrder(older));
    },
  },
  {
    name: 'leaves sagas that wait for a person',
    run: async (stores) => {
      const ended = { status: 'completed', finishedAt: stores.now - 1, incident: true } as const;
      await committed(stores, { inserts: [startedOrder(stores.now, 'order-1', ended)] });

      expect(await stores.housekeeping.archive(stores.now, 10)).toBe(0);
    },
  },
  {
    name: 'frees reusable keys of what it archives, and no others',
    run: async (stores) => {
      const ended = { status: 'completed', finishedAt: stores.now - 1 } as const;
      const inserts = [
        startedOrder(stores.now, 'reusable', { ...ended, reusableKey: true }),
        startedOrder(stores.now, 'lasting', ended),
      ];
      await committed(stores, { inserts });
      await stores.housekeeping.archive(stores.now, 10);
      const lane = await stores.lanes.takeOver(home0, 'one');

      const lasting = await stores.lanes.commit([
        batchOf(lane, { inserts: [startedOrder(stores.now + 1, 'lasting')] }),
      ]);
      const anew = startedOrder(stores.now + 1, 'reusable', { reusableKey: true });

      expect(lasting).toMatchObject({ kind: 'duplicates', starts: [{ winner: inserts[1]?.id }] });
      expect(await stores.lanes.commit([batchOf(lane, { inserts: [anew] })])).toEqual({ kind: 'committed' });
    },
  },
  {
    name: 'makes partitions ahead once',
    run: async ({ housekeeping, now }) => {
      const made = await housekeeping.extendPartitions(now + 40 * DAY_MS, 2);

      expect(made).toHaveLength(6);
      expect(await housekeeping.extendPartitions(now + 40 * DAY_MS, 2)).toEqual([]);
      expect(await housekeeping.extendPartitions(now + 41 * DAY_MS, 2)).toHaveLength(2);
    },
  },
  {
    name: 'drops partitions that ended, with what they hold',
    run: async (stores) => {
      await stores.housekeeping.extendPartitions(stores.now, 1);
      const order = startedOrder(stores.now, 'order-1', { status: 'completed', finishedAt: stores.now });
      await committed(stores, {
        inserts: [order],
        history: [{ saga: order.id, revision: 1, at: stores.now, entries: '[]' }],
      });
      await stores.housekeeping.archive(stores.now + 1, 10);
      const early = await stores.housekeeping.dropPartitions(both(stores.now));
      expect(await stores.operators.history(order.id)).toHaveLength(1);

      const dropped = await stores.housekeeping.dropPartitions(both(stores.now + 1.5 * DAY_MS));

      expect(dropped.filter((name) => early.includes(name))).toEqual([]);
      expect(dropped.length).toBeGreaterThanOrEqual(2);
      expect(await stores.operators.history(order.id)).toEqual([]);
      expect(await stores.operators.find(order.id)).toBeUndefined();
    },
  },
  {
    name: 'drops sagas, and not what a newer version is compared with',
    run: async (stores) => {
      const { definitions, housekeeping, operators, now } = stores;
      await housekeeping.extendPartitions(now, 1);
      const order = startedOrder(now - 1_500, 'order-1', { status: 'completed', finishedAt: now });
      const entries = JSON.stringify([
        { input: { kind: 'due', now }, effects: [{ kind: 'finish' }], offset: 1 },
      ]);
      const history = [{ saga: order.id, revision: 1, at: now, entries }];
      await committed(stores, { inserts: [order], history });
      const versions = new MeasureVersion(operators);
      const before = await versions.measure('order', 1, now - DAY_MS, now + 1);
      const second = {
        kind: 'saga',
        name: 'order',
        version: 2,
        file: 'order.saga.yaml',
        text: 'saga: order',
      };
      await definitions.publish([{ ...second, version: 1 }], [], 'ann');
      await definitions.publish([second], [], 'ann', [{ definition: 'order', version: 2, before }]);
      await housekeeping.archive(now + 1, 10);

      await housekeeping.dropPartitions(both(now + 1.5 * DAY_MS));

      expect((await versions.measure('order', 1, now - DAY_MS, now + 1)).figures).toBeUndefined();
      const { baseline } = await new CompareVersions(definitions, versions, new FakeClock()).compare('order');
      expect(baseline).toMatchObject({
        version: 1,
        figures: { completed: 1, p50Ms: 1_500 },
        means: { sagas: 1, commands: 0 },
      });
    },
  },
  {
    name: 'keeps what came of a saga for longer than how',
    run: async (stores) => {
      await stores.housekeeping.extendPartitions(stores.now, 1);
      const order = startedOrder(stores.now, 'order-1', { status: 'completed', finishedAt: stores.now });
      await committed(stores, {
        inserts: [order],
        history: [{ saga: order.id, revision: 1, at: stores.now, entries: '[]' }],
      });
      await stores.housekeeping.archive(stores.now + 1, 10);

      const history = stores.now + 1.5 * DAY_MS;
      await stores.housekeeping.dropPartitions({ history, archive: stores.now });

      expect(await stores.operators.history(order.id)).toEqual([]);
      expect(await stores.operators.find(order.id)).toMatchObject({ state: order.state });
    },
  },
  {
    name: 'keeps the history of living sagas',
    run: async (stores) => {
      await stores.housekeeping.extendPartitions(stores.now, 1);
      const order = startedOrder(stores.now, 'order-1');
      await committed(stores, {
        inserts: [order],
        history: [{ saga: order.id, revision: 1, at: stores.now, entries: '[]' }],
      });

      await stores.housekeeping.dropPartitions(both(stores.now + 1.5 * DAY_MS));

      expect(await stores.operators.history(order.id)).toHaveLength(1);
    },
  },
]);

function both(end: number) {
  return { history: end, archive: end };
}
