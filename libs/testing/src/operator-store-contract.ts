import { expect } from '@jest/globals';
import { defineContract } from './contract.js';
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
    name: 'counts what sagas came to, by their newest verdict',
    run: async (stores) => {
      const { now } = stores;
      const ended = { status: 'completed', finishedAt: now } as const;
      const orders = ['a', 'b', 'c'].map((key) => startedOrder(now, key, ended));
      const others = [startedOrder(now - 5_000, 'old', ended), startedOrder(now + 1, 'live')];
      await committed(stores, { inserts: [...orders, ...others] });
      await stores.housekeeping.archive(now + 1, 2);
      const judge = (index: number, verdict: string, at: number) =>
        stores.operators.note({
          request: `judge-${index}-${at}`,
          saga: orders[index]!.id,
          at,
          action: 'judge',
          by: 'ann',
          result: 'done',
          detail: verdict,
        });
      await judge(0, 'good', now + 2);
      await judge(0, 'bad', now + 3);
      await judge(1, 'good', now + 2);

      const counts = await stores.operators.outcomes(now);

      expect([...counts].toSorted((one, other) => one.count - other.count)).toEqual([
        { definition: 'order', status: 'running', count: 1, good: 0, bad: 0 },
        { definition: 'order', status: 'completed', count: 3, good: 1, bad: 1 },
      ]);
    },
  },
  {
    name: 'counts what is live, open, parked and overdue',
    run: async (stores) => {
      const { now } = stores;
      const orders = [
        startedOrder(now - 60_000, 'old', { wakeAt: now - 5_000 }),
        startedOrder(now - 1_000, 'new', { wakeAt: now + 5_000 }),
        startedOrder(now - 1_000, 'held', { wakeAt: now - 90_000, held: true }),
        startedOrder(now - 2_000, 'undone', { status: 'compensating' }),
        startedOrder(now - 90_000, 'done', { status: 'completed', finishedAt: now, wakeAt: now - 80_000 }),
      ];
      const incident = { id: 'i1', code: 'UNCAUGHT', message: 'no', at: now - 3_000 };
      const incidents = [
        { ...incident, saga: orders[0]!.id, open: true },
        { ...incident, saga: orders[1]!.id, open: true },
        { ...incident, saga: orders[1]!.id, open: false },
        { ...incident, id: 'lane', code: 'LANE_HALTED', open: true },
      ];
      const task = (key: string, openedAt: number, tags = ['open']) =>
        storedLock(key, {
          kind: 'task',
          tags,
          state: JSON.stringify({ task: { origin: { definition: 'order', block: 'approve' }, openedAt } }),
        });
      const kept = [
        task('t1', now - 7_000),
        task('t2', now - 1_000),
        task('over', now - 99_000, ['saga s1']),
      ];
      await committed(stores, { inserts: orders, incidents, desks: { kept, gone: [] } });

      const census = await stores.operators.census(now);

      expect(census).toEqual({
        live: [
          { definition: 'order', status: 'running', count: 3, oldestMs: 60_000 },
          { definition: 'order', status: 'compensating', count: 1, oldestMs: 2_000 },
        ].toSorted((one, other) => (one.status < other.status ? -1 : 1)),
        incidents: [
          { definition: '', code: 'LANE_HALTED', count: 1, oldestMs: 3_000 },
          { definition: 'order', code: 'UNCAUGHT', count: 1, oldestMs: 3_000 },
        ],
        parked: 0,
        tasks: [{ definition: 'order', block: 'approve', count: 2, oldestMs: 7_000 }],
        limits: [],
        paused: [],
        timerLatenessMs: 5_000,
      });
    },
  },
  {
    name: 'counts open incidents of live sagas by cause',
    run: async (stores) => {
      const { now } = stores;
      const orders = ['a', 'b', 'c'].map((key) => startedOrder(now, key));
      const other = startedOrder(now, 'd', { definition: 'payment' });
      const incident = (saga: string, id: string, at: number, given: object = {}) => ({
        saga,
        id,
        open: true,
        block: 'charge',
        code: 'EXHAUSTED',
        message: `${id} at ${at}`,
        at,
        ...given,
      });
      const incidents = [
        incident(orders[0]!.id, 'i', now - 3_000),
        incident(orders[1]!.id, 'i', now - 1_000),
        incident(orders[2]!.id, 'held', now - 2_000, { block: undefined, code: 'RECORD_PARKED' }),
        incident(other.id, 'i', now - 4_000),
        incident(orders[2]!.id, 'over', now - 5_000),
        incident(orders[2]!.id, 'over', now - 4_000, { open: false }),
        { id: 'lane', open: true, code: 'LANE_HALTED', message: 'no', at: now },
      ];
      await committed(stores, { inserts: [...orders, other], incidents });

      const [first, ...rest] = await stores.operators.incidentCounts({});
      const charge = { block: 'charge', code: 'EXHAUSTED' };

      expect(first).toEqual({
        definition: 'order',
        ...charge,
        count: 2,
        oldestAt: now - 3_000,
        newestAt: now - 1_000,
        message: `i at ${now - 1_000}`,
      });
      expect(rest.map(({ definition, code }) => [definition, code].join(' ')).toSorted()).toEqual([
        'order RECORD_PARKED',
        'payment EXHAUSTED',
      ]);
      expect(await stores.operators.incidentCounts({ definition: 'order', ...charge })).toEqual([first]);
      expect(await stores.operators.incidentCounts({ block: 'ship' })).toEqual([]);
    },
  },
  {
    name: 'lists open incidents of a cause page by page',
    run: async (stores) => {
      const { now } = stores;
      const orders = ['a', 'b', 'c']
        .map((key) => startedOrder(now, key))
        .toSorted((one, two) => (one.id < two.id ? -1 : 1));
      const incidents = orders.flatMap(({ id: saga }, index) =>
        ['x', 'y'].map((id) => ({
          saga,
          id,
          open: true,
          block: id,
          code: 'C',
          message: 'no',
          at: now - index,
        })),
      );
      await committed(stores, { inserts: orders, incidents });
      const filter = { definition: 'order', code: 'C', before: now, limit: 3 };

      const page = await stores.operators.incidentsOf(filter);
      const next = await stores.operators.incidentsOf({
        ...filter,
        after: { saga: page[2]!.saga, id: page[2]!.id },
      });
      const names = [...page, ...next].map(({ saga, id }) => `${saga} ${id}`);

      expect(names).toEqual(orders.slice(1).flatMap(({ id }) => [`${id} x`, `${id} y`]));
      expect(page[0]).toEqual({
        saga: orders[1]!.id,
        id: 'x',
        block: 'x',
        code: 'C',
        message: 'no',
        openedAt: now - 1,
      });
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
      expect(await stores.operators.list({ incident: false })).toHaveLength(1);
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
]);
