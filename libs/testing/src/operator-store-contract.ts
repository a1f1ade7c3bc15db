import { expect } from '@jest/globals';
import { earliestSagaId } from '#libs/messaging';
import { defineContract } from './contract.js';
import { operatorCountCases } from './operator-count-cases.js';
import {
  batchOf,
  committed,
  home0,
  home1,
  parked,
  startedOrder,
  storedLock,
  storedOrder,
  type StoreSet,
} from './store-set.js';

/** What every OperatorStore promises. */
export const operatorStoreContract = defineContract<StoreSet>('OperatorStore', [
  {
    name: 'lists sagas newest first, archived ones too',
    run: async (stores) => {
      const { now } = stores;
      const orders = [1, 2, 3].map((number) => startedOrder(now + number, `order-${number}`));
      const done = startedOrder(now, 'done', { status: 'compensated', finishedAt: now });
      await committed(stores, { inserts: [...orders, done] });
      await stores.housekeeping.archive(now + 1, 10);

      const listed = await stores.operators.list({});

      expect(listed.map((row) => row.businessKey)).toEqual(['order-3', 'order-2', 'order-1', 'done']);
      expect(listed.at(-1)).toEqual({
        id: done.id,
        definition: 'order',
        version: 1,
        businessKey: 'done',
        status: 'compensated',
        incident: false,
        startedAt: now,
        finishedAt: now,
      });
    },
  },
  {
    name: 'lists desks of a kind, by tag and page by page',
    run: async (stores) => {
      const locks = [1, 2, 3]
        .map((no) => storedLock(`vehicle-${no}`, { tags: no === 2 ? ['odd'] : ['odd', 'one, two'] }))
        .toSorted((one, other) => (one.id < other.id ? -1 : 1));
      const task = storedLock('task', { kind: 'task', tags: ['odd'] });
      await committed(stores, { desks: { kept: [...locks, task], gone: [] } });

      expect(await stores.operators.desks({ kind: 'lock', limit: 2 })).toEqual(locks.slice(0, 2));
      expect(await stores.operators.desks({ kind: 'lock', after: locks[1]!.id })).toEqual(locks.slice(2));
      expect(await stores.operators.desks({ kind: 'task', tag: 'odd' })).toEqual([task]);
      expect(await stores.operators.desks({ kind: 'lock', tag: 'one, two' })).toHaveLength(2);
      expect(await stores.operators.findDesk(task.id)).toEqual(task);
      expect(await stores.operators.findDesk(storedLock('stranger').id)).toBeUndefined();
    },
  },
  {
    name: 'reads the live sagas of a definition, page by page',
    run: async (stores) => {
      const { now } = stores;
      const orders = [1, 2, 3].map((number) => startedOrder(now + number, `order-${number}`));
      const done = startedOrder(now, 'done', { status: 'completed', finishedAt: now });
      await committed(stores, { inserts: [...orders, done] });
      const ids = orders.map(({ id }) => id).toSorted();

      const live = await stores.operators.live('order');

      expect(live.map(({ id }) => id)).toEqual(ids);
      expect(live.every(({ state }) => state !== '')).toBe(true);
      expect((await stores.operators.live('order', ids[1]!)).map(({ id }) => id)).toEqual(ids.slice(2));
      expect(await stores.operators.live('another')).toEqual([]);
    },
  },
  {
    name: 'notes who looked at a saga, once a request',
    run: async (stores) => {
      const { now } = stores;
      const order = startedOrder(now, 'order-1');
      await committed(stores, { inserts: [order] });
      const look = {
        request: 'look-1',
        saga: order.id,
        at: now,
        action: 'look',
        by: 'ann',
        reason: 'the patient asked',
        result: 'done',
        detail: '',
      } as const;

      await stores.operators.note(look);
      await stores.operators.note({ ...look, by: 'bob' });

      expect(await stores.operators.audits(order.id)).toEqual([look]);
    },
  },
  {
    name: 'lists page by page',
    run: async (stores) => {
      const orders = [1, 2, 3, 4].map((number) => startedOrder(stores.now + number, `order-${number}`));
      await committed(stores, { inserts: orders });

      const first = await stores.operators.list({ limit: 3 });
      const second = await stores.operators.list({ limit: 3, before: first.at(-1)!.id });

      expect([...first, ...second].map((row) => row.id)).toEqual(
        orders.map((order) => order.id).toReversed(),
      );
      expect(second).toHaveLength(1);
    },
  },
  {
    name: 'lists what matches every part of the filter',
    run: async (stores) => {
      const { now } = stores;
      const wanted = startedOrder(now, 'order-1', { status: 'compensating', incident: true });
      const others = [
        startedOrder(now, 'order-2', { status: 'compensating', incident: true }),
        startedOrder(now, 'order-3', { incident: true }),
        startedOrder(now, 'order-4', { status: 'compensating' }),
        startedOrder(now, 'order-1', { definition: 'return', status: 'compensating', incident: true }),
      ];
      await committed(stores, { inserts: [wanted, ...others] });

      const filter = {
        definition: 'order',
        status: 'compensating',
        businessKey: 'order-1',
        incident: true,
      } as const;

      expect((await stores.operators.list(filter)).map((row) => row.id)).toEqual([wanted.id]);
      const listed = async (definitions: readonly string[]) =>
        (await stores.operators.list({ definitions })).map((row) => row.definition);
      expect(await stores.operators.list({ incident: false })).toHaveLength(1);
      expect(await listed(['return'])).toEqual(['return']);
      expect(await listed(['return', 'order'])).toHaveLength(5);
      expect(await listed([])).toEqual([]);
      expect(await stores.operators.list({ definition: 'order', definitions: ['return'] })).toEqual([]);
      expect(await stores.operators.list({ businessKey: 'order-1' })).toHaveLength(2);
    },
  },
  {
    name: 'finds a saga, live or archived',
    run: async (stores) => {
      const live = startedOrder(stores.now, 'live');
      const done = startedOrder(stores.now, 'done', { status: 'completed', finishedAt: stores.now });
      await committed(stores, { inserts: [live, done] });
      await stores.housekeeping.archive(stores.now + 1, 10);

      expect(await stores.operators.find(live.id)).toEqual(storedOrder(live));
      expect(await stores.operators.find(done.id)).toEqual(storedOrder(done));
      expect(await stores.operators.find(startedOrder(stores.now, 'stranger').id)).toBeUndefined();
    },
  },
  {
    name: 'finds many sagas at once, live or archived',
    run: async (stores) => {
      const live = startedOrder(stores.now, 'live');
      const done = startedOrder(stores.now, 'done', { status: 'completed', finishedAt: stores.now });
      const stranger = startedOrder(stores.now, 'stranger');
      await committed(stores, { inserts: [live, done] });
      await stores.housekeeping.archive(stores.now + 1, 10);

      const found = await stores.operators.findAll([done.id, live.id, stranger.id]);

      expect(new Set(found)).toEqual(new Set([storedOrder(live), storedOrder(done)]));
      expect(await stores.operators.findAll([])).toEqual([]);
      expect(await stores.operators.findAll([stranger.id])).toEqual([]);
    },
  },
  {
    name: 'goes through sagas in the order in which they began, live or archived',
    run: async (stores) => {
      const { now } = stores;
      const ended = { status: 'completed', finishedAt: now } as const;
      const orders = [1, 2, 3, 4, 5].map((number) =>
        startedOrder(now + number, `order-${number}`, number % 2 === 0 ? ended : {}),
      );
      const other = startedOrder(now + 3, 'order-3', { definition: 'return' });
      await committed(stores, { inserts: [...orders, other] });
      await stores.housekeeping.archive(now + 1, 10);
      const page = (after: string) =>
        stores.operators.begun({
          definitions: ['order', 'nothing'],
          after,
          below: earliestSagaId(now + 5),
          limit: 2,
        });

      const first = await page(earliestSagaId(now + 2));
      const second = await page(first.at(-1)!.id);

      expect([...first, ...second]).toEqual(
        [orders[1]!, orders[2]!, orders[3]!].map((order) => storedOrder(order)),
      );
    },
  },
  {
    name: 'shows lanes with owner and backlog',
    run: async (stores) => {
      const lane = await committed(stores, { outbox: 'one', nextOffset: 4 });
      await committed(stores, {}, home1);

      expect(await stores.operators.lanes()).toEqual([
        { ...lane, owner: 'contract', unsent: 1 },
        expect.objectContaining({ ...home1, owner: 'contract', unsent: 0 }),
      ]);
    },
  },
  {
    name: 'drops a parked record once, leaving an answer',
    run: async (stores) => {
      await committed(stores, { parked: [parked(3), parked(4)] });
      const { id: saga } = startedOrder(stores.now, 'order-1');
      const audit = {
        request: 'r-1',
        saga,
        at: stores.now,
        action: 'skip',
        by: 'ann',
        reason: 'junk',
        result: 'done',
        detail: '',
      } as const;

      expect(await stores.operators.dropParked(home0.topic, 0, 3, audit)).toBe(true);
      expect(await stores.operators.dropParked(home0.topic, 0, 3, { ...audit, request: 'r-2' })).toBe(false);
      expect(await stores.operators.parked({})).toEqual([parked(4)]);
      expect(await stores.operators.audit('r-1')).toEqual(audit);
      expect(await stores.operators.audit('r-2')).toBeUndefined();
    },
  },
  {
    name: 'lists parked records of one saga',
    run: async (stores) => {
      const { id: saga } = startedOrder(stores.now, 'order-1');
      await committed(stores, { parked: [parked(3, { saga }), parked(4), parked(1, { saga })] });

      expect((await stores.operators.parked({ saga })).map((row) => row.offset)).toEqual([1, 3]);
      expect(await stores.operators.parked({ limit: 2 })).toHaveLength(2);
      expect(await stores.operators.findParked(home0.topic, 0, 99)).toBeUndefined();
    },
  },
  {
    name: 'fixes a start under its request',
    run: async ({ operators, now }) => {
      const [first, second] = [startedOrder(now, 'order-1'), startedOrder(now + 5, 'order-1')];

      expect(await operators.fixStart('r-1', { saga: first.id, at: now })).toEqual({
        saga: first.id,
        at: now,
      });
      expect(await operators.fixStart('r-1', { saga: second.id, at: now + 5 })).toEqual({
        saga: first.id,
        at: now,
      });
      expect(await operators.fixStart('r-2', { saga: second.id, at: now + 5 })).toEqual({
        saga: second.id,
        at: now + 5,
      });
    },
  },
  {
    name: 'fixes one start of two at once',
    run: async ({ operators, now }) => {
      const fixed = await Promise.all(
        [1, 2, 3, 4].map((number) =>
          operators.fixStart('r-1', { saga: startedOrder(now + number, 'order-1').id, at: now + number }),
        ),
      );

      expect(new Set(fixed.map((start) => start.saga)).size).toBe(1);
    },
  },
  {
    name: 'reads while a lane commits',
    run: async (stores) => {
      const lane = await stores.lanes.takeOver(home0, 'one');
      const order = startedOrder(stores.now, 'order-1');

      const [, listed] = await Promise.all([
        stores.lanes.commit([batchOf(lane, { inserts: [order] })]),
        stores.operators.list({}),
      ]);

      expect(listed.length).toBeLessThanOrEqual(1);
      expect(await stores.operators.list({})).toHaveLength(1);
    },
  },
  ...operatorCountCases,
]);
