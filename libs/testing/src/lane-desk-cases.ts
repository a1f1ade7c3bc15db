import { expect } from '@jest/globals';
import type { ContractCase } from './contract.js';
import { batchOf, committed, home0, home1, startedOrder, storedLock, type StoreSet } from './store-set.js';

/** Sentences about desks. */
export const laneDeskCases: readonly ContractCase<StoreSet>[] = [
  {
    name: 'stores desks as they are given',
    run: async (stores) => {
      const { now } = stores;
      const plain = storedLock('plain');
      const full = storedLock('größe "1"\\', {
        state: '{"by":"ann \\" \\\\"}',
        wakeAt: now + 10,
        expiresAt: now + 20,
        held: true,
        tags: ['role:clerk', 'a "b", {c}'],
      });
      await committed(stores, { desks: { kept: [plain, full], gone: [] } });

      expect(await stores.lanes.loadDesks([plain.id])).toEqual([plain]);
      expect(await stores.lanes.loadDesks([full.id, storedLock('stranger').id])).toEqual([full]);
      expect(await stores.lanes.loadDesks([])).toEqual([]);
    },
  },
  {
    name: 'replaces what changes in a desk',
    run: async (stores) => {
      const desk = storedLock('vehicle-7', { wakeAt: stores.now, expiresAt: stores.now, tags: ['old'] });
      const { wakeAt: _, expiresAt: __, ...rest } = desk;
      const changed = { ...rest, state: '{"no":2}', held: true, tags: ['new'] };
      await committed(stores, { desks: { kept: [desk], gone: [] } });
      await committed(stores, { desks: { kept: [changed], gone: [] } });

      expect(await stores.lanes.loadDesks([desk.id])).toEqual([changed]);
    },
  },
  {
    name: 'forgets desks that are gone',
    run: async (stores) => {
      const [gone, left] = [storedLock('gone'), storedLock('left')];
      await committed(stores, { desks: { kept: [gone, left], gone: [] } });
      await committed(stores, { desks: { kept: [], gone: [gone.id, storedLock('stranger').id] } });

      expect(await stores.lanes.loadDesks([gone.id, left.id])).toEqual([left]);
    },
  },
  {
    name: 'writes no desk of a lane that is lost',
    run: async (stores) => {
      const [desk, other] = [storedLock('vehicle-7'), storedLock('vehicle-8', { home: 1 })];
      const former = await stores.lanes.takeOver(home0, 'one');
      const held = await stores.lanes.takeOver(home1, 'one');
      await stores.lanes.takeOver(home0, 'two');

      const commit = stores.lanes.commit([
        batchOf(held, { desks: { kept: [other], gone: [] } }),
        batchOf(former, { desks: { kept: [desk], gone: [] } }),
      ]);

      await expect(commit).rejects.toMatchObject({ code: 'LANE_LOST' });
      expect(await stores.lanes.loadDesks([desk.id, other.id])).toEqual([]);
    },
  },
  {
    name: 'writes no desk beside a duplicate start',
    run: async (stores) => {
      const order = startedOrder(stores.now, 'order-1');
      await committed(stores, { inserts: [order] });
      const lane = await stores.lanes.takeOver(home0, 'one');
      const desk = storedLock('vehicle-7');

      await stores.lanes.commit([batchOf(lane, { inserts: [order], desks: { kept: [desk], gone: [] } })]);

      expect(await stores.lanes.loadDesks([desk.id])).toEqual([]);
    },
  },
  {
    name: 'wakes desks among sagas in time order',
    run: async (stores) => {
      const { now } = stores;
      const saga = startedOrder(now, 'order-1', { wakeAt: now + 20 });
      const [early, late] = [
        storedLock('early', { wakeAt: now + 10 }),
        storedLock('late', { wakeAt: now + 30 }),
      ];
      const elsewhere = storedLock('elsewhere', { wakeAt: now, home: 1 });
      const future = storedLock('future', { wakeAt: now + 31 });
      await committed(stores, {
        inserts: [saga],
        desks: { kept: [late, early, elsewhere, future, storedLock('asleep')], gone: [] },
      });

      const due = [
        { saga: early.id, at: now + 10 },
        { saga: saga.id, at: now + 20 },
        { saga: late.id, at: now + 30 },
      ];
      expect(await stores.lanes.wakes(0, now + 30, 10)).toEqual(due);
      expect(await stores.lanes.wakes(0, now + 30, 2)).toEqual(due.slice(0, 2));
    },
  },
  {
    name: 'refuses a NUL character in a desk and writes nothing',
    run: async (stores) => {
      const lane = await stores.lanes.takeOver(home0, 'one');
      const [desk, poison] = [storedLock('vehicle-7'), storedLock('vehicle\0')];

      const commit = stores.lanes.commit([batchOf(lane, { desks: { kept: [desk, poison], gone: [] } })]);

      await expect(commit).rejects.toMatchObject({ code: 'STORE_REFUSED', retryable: false });
      expect(await stores.lanes.loadDesks([desk.id])).toEqual([]);
    },
  },
];
