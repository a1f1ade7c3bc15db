import { expect } from '@jest/globals';
import type { ContractCase } from './contract.js';
import { committed, home0, parked, startedOrder, storedOrder, type StoreSet } from './store-set.js';

/** Sentences about waking, history and what is set aside. */
export const laneRecordCases: readonly ContractCase<StoreSet>[] = [
  {
    name: 'wakes unfinished sagas of the home in time order',
    run: async (stores) => {
      const { now } = stores;
      const [late, early, future] = [
        startedOrder(now, 'late', { wakeAt: now + 20 }),
        startedOrder(now, 'early', { wakeAt: now + 10 }),
        startedOrder(now, 'future', { wakeAt: now + 31 }),
      ];
      const elsewhere = startedOrder(now, 'elsewhere', { wakeAt: now, home: 1 });
      const finished = startedOrder(now, 'finished', { wakeAt: now, status: 'completed', finishedAt: now });
      await committed(stores, {
        inserts: [late, early, future, elsewhere, finished, startedOrder(now, 'asleep')],
      });

      expect(await stores.lanes.wakes(0, now + 30, 10)).toEqual([
        { saga: early.id, at: now + 10 },
        { saga: late.id, at: now + 20 },
      ]);
      expect(await stores.lanes.wakes(0, now + 30, 1)).toEqual([{ saga: early.id, at: now + 10 }]);
    },
  },
  {
    name: 'keeps the history of a saga in order',
    run: async (stores) => {
      const order = startedOrder(stores.now, 'order-1');
      const first = { saga: order.id, revision: 1, at: stores.now, entries: '[{"kind":"start"}]' };
      const second = { saga: order.id, revision: 2, at: stores.now + 5, entries: '[{"kind":"answer \\" "}]' };
      await committed(stores, { inserts: [order], history: [first] });
      await committed(stores, { updates: [storedOrder(order, { revision: 2 })], history: [second] });

      expect(await stores.operators.history(order.id)).toEqual([first, second]);
    },
  },
  {
    name: 'parks records with their bytes',
    run: async (stores) => {
      const row = parked(7, {
        key: null,
        value: Buffer.from([0, 255, 10]),
        headers: { 'a\0b': Buffer.from([0, 128]) },
      });
      const empty = parked(8, { key: Buffer.alloc(0), value: null });
      await committed(stores, { parked: [row, empty] });

      expect(await stores.operators.findParked(home0.topic, 0, 7)).toEqual(row);
      expect(await stores.operators.findParked(home0.topic, 0, 8)).toEqual(empty);
    },
  },
  {
    name: 'parks a record again under its position',
    run: async (stores) => {
      await committed(stores, { parked: [parked(7, { held: true })] });
      await committed(stores, {
        unparked: [{ ...home0, offset: 7 }],
        parked: [parked(7, { reason: 'fuel' })],
      });

      expect(await stores.operators.parked({})).toEqual([parked(7, { reason: 'fuel' })]);
    },
  },
  {
    name: 'forgets parked records that are done with',
    run: async (stores) => {
      await committed(stores, { parked: [parked(7), parked(8)] });
      await committed(stores, { unparked: [{ ...home0, offset: 7 }] });

      expect((await stores.operators.parked({})).map((row) => row.offset)).toEqual([8]);
    },
  },
  {
    name: 'loads the record that holds a saga and those behind it',
    run: async (stores) => {
      const { id: saga } = startedOrder(stores.now, 'order-1');
      const stray = parked(2, { saga });
      const holder = parked(9, { saga });
      const waiting = [parked(10, { saga, held: true }), parked(100, { saga, held: true })];
      await committed(stores, { parked: [...waiting.toReversed(), holder, stray, parked(50)] });

      expect(await stores.lanes.loadHeld(saga)).toEqual([holder, ...waiting]);
    },
  },
  {
    name: 'tells which sagas are archived',
    run: async (stores) => {
      const done = startedOrder(stores.now, 'done', { status: 'completed', finishedAt: stores.now });
      const live = startedOrder(stores.now, 'live');
      await committed(stores, { inserts: [done, live] });
      await stores.housekeeping.archive(stores.now + 1, 10);

      expect(await stores.lanes.archived([live.id, done.id])).toEqual([done.id]);
      expect(await stores.lanes.archived([])).toEqual([]);
      expect(await stores.lanes.loadInstances([done.id])).toEqual([]);
    },
  },
  {
    name: 'finds an archived saga that ended before the time of its event',
    run: async (stores) => {
      const ahead = stores.now + 5 * 60_000;
      const done = startedOrder(ahead, 'done', { status: 'completed', finishedAt: stores.now });
      await committed(stores, { inserts: [done] });
      await stores.housekeeping.archive(stores.now + 1, 10);

      expect(await stores.lanes.archived([done.id])).toEqual([done.id]);
      expect(await stores.operators.find(done.id)).toEqual(storedOrder(done));
    },
  },
  {
    name: 'opens an incident once and closes it',
    run: async (stores) => {
      const { id: saga } = startedOrder(stores.now, 'order-1');
      const incident = { saga, id: 'i-1', block: 'charge', code: 'REFUSED', message: 'first' };
      await committed(stores, { incidents: [{ ...incident, open: true, at: stores.now }] });
      await committed(stores, {
        incidents: [{ ...incident, open: true, at: stores.now + 5, message: 'second' }],
      });
      const open = { ...incident, message: 'second', openedAt: stores.now };
      expect(await stores.operators.incidents({ saga, open: true })).toEqual([open]);

      await committed(stores, { incidents: [{ ...incident, open: false, at: stores.now + 9 }] });

      expect(await stores.operators.incidents({ saga, open: true })).toEqual([]);
      expect(await stores.operators.incidents({ saga })).toEqual([{ ...open, closedAt: stores.now + 9 }]);
    },
  },
  {
    name: 'opens a closed incident anew',
    run: async (stores) => {
      const incident = { id: 'lane halted', code: 'TRUNCATED', message: 'topic is shorter' };
      for (const [open, at] of [
        [true, 1],
        [false, 2],
        [true, 3],
      ] as const) {
        await committed(stores, { incidents: [{ ...incident, open, at: stores.now + at }] });
      }

      expect(await stores.operators.incidents({ open: true })).toEqual([
        { ...incident, openedAt: stores.now + 3 },
      ]);
    },
  },
  {
    name: 'leaves an incident open that is closed and opens again in one commit',
    run: async (stores) => {
      const { now } = stores;
      const incident = { id: 'outcome', code: 'OUTCOME_INVALID', message: 'first' };
      const again = { ...incident, message: 'again' };
      await committed(stores, { incidents: [{ ...incident, open: true, at: now }] });
      await committed(stores, {
        incidents: [
          { ...incident, open: false, at: now + 1 },
          { ...again, open: true, at: now + 1 },
          { ...again, open: false, at: now + 2 },
          { ...again, open: true, at: now + 2 },
        ],
      });
      expect(await stores.operators.incidents({ open: true })).toMatchObject([again]);

      await committed(stores, {
        incidents: [
          { ...again, open: false, at: now + 3 },
          { ...incident, open: true, at: now + 4 },
          { ...incident, open: false, at: now + 5 },
        ],
      });
      expect(await stores.operators.incidents({ open: true })).toEqual([]);
    },
  },
  {
    name: 'keeps the first answer to a request',
    run: async (stores) => {
      const { id: saga } = startedOrder(stores.now, 'order-1');
      const answer = {
        request: 'r-1',
        saga,
        at: stores.now,
        action: 'start',
        by: 'api',
        result: 'done',
        detail: '',
      } as const;
      await committed(stores, { audits: [answer] });
      await committed(stores, {
        audits: [{ ...answer, result: 'duplicate', detail: saga, reason: 'again' }],
      });

      expect(await stores.operators.audit('r-1')).toEqual(answer);
      expect(await stores.operators.audits(saga)).toEqual([answer]);
    },
  },
  {
    name: 'adds up what gates kept out',
    run: async (stores) => {
      const count = { definition: 'order', event: 'placed', gate: 'has-a-value', count: 2 };
      await committed(stores, { gated: [count, { ...count, gate: 'not-a-test' }] });
      await committed(stores, { gated: [count] });

      expect((await stores.operators.gated()).toSorted((one, other) => one.count - other.count)).toEqual([
        { ...count, gate: 'not-a-test' },
        { ...count, count: 4 },
      ]);
    },
  },
];
