import { expect } from '@jest/globals';
import type { ContractCase } from './contract.js';
import { after, batchOf, committed, home0, home1, startedOrder, type StoreSet } from './store-set.js';

/** Sentences about who may commit, and what a new holder finds. */
export const laneFenceCases: readonly ContractCase<StoreSet>[] = [
  {
    name: 'creates a lane that is new',
    run: async ({ lanes }) => {
      const lane = await lanes.takeOver(home0, 'one');

      expect(lane).toMatchObject({ ...home0, seq: 0, takeovers: 1 });
      expect(lane.nextOffset).toBeUndefined();
      expect(lane.anchor).toBeUndefined();
    },
  },
  {
    name: 'gives every holder a higher epoch',
    run: async ({ lanes }) => {
      const former = await lanes.takeOver(home0, 'one');
      const present = await lanes.takeOver(home0, 'two');

      expect(present.epoch).toBeGreaterThan(former.epoch);
    },
  },
  {
    name: 'refuses a former holder and names the lane',
    run: async ({ lanes }) => {
      const former = await lanes.takeOver(home0, 'one');
      await lanes.takeOver(home0, 'two');

      await expect(lanes.commit([batchOf(former, { outbox: 'late' })])).rejects.toMatchObject({
        code: 'LANE_LOST',
        lanes: [home0],
      });
      expect(await lanes.unsent(home0)).toEqual([]);
    },
  },
  {
    name: 'applies a batch once only',
    run: async ({ lanes }) => {
      const batch = batchOf(await lanes.takeOver(home0, 'one'), { outbox: 'first' });
      await lanes.commit([batch]);

      await expect(lanes.commit([{ ...batch, outbox: 'again' }])).rejects.toMatchObject({
        code: 'LANE_LOST',
      });
      expect(await lanes.unsent(home0)).toEqual([{ seq: batch.lane.seq, payload: 'first' }]);
    },
  },
  {
    name: 'applies a batch without messages once only',
    run: async ({ lanes, operators }) => {
      const gated = [{ definition: 'order', event: 'placed', gate: 'has-a-value', count: 1 }];
      const batch = batchOf(await lanes.takeOver(home0, 'one'), { gated });
      await lanes.commit([batch]);

      await expect(lanes.commit([batch])).rejects.toMatchObject({ code: 'LANE_LOST' });
      expect(await operators.gated()).toEqual(gated);
    },
  },
  {
    name: 'lets a holder go on at the next number',
    run: async ({ lanes }) => {
      const first = batchOf(await lanes.takeOver(home0, 'one'), { outbox: 'first' });
      await lanes.commit([first]);
      const second = batchOf(after(first), { outbox: 'second' });

      expect(await lanes.commit([second])).toEqual({ kind: 'committed' });
      expect((await lanes.unsent(home0)).map((row) => row.payload)).toEqual(['first', 'second']);
    },
  },
  {
    name: 'writes nothing of any lane when one is lost',
    run: async ({ lanes, now }) => {
      const held = await lanes.takeOver(home0, 'one');
      const lost = await lanes.takeOver(home1, 'one');
      await lanes.takeOver(home1, 'two');
      const order = startedOrder(now, 'order-1');
      const commits = [
        batchOf(held, { inserts: [order], outbox: 'held', nextOffset: 7 }),
        batchOf(lost, { outbox: 'lost' }),
      ];

      await expect(lanes.commit(commits)).rejects.toMatchObject({ code: 'LANE_LOST', lanes: [home1] });
      expect(await lanes.loadInstances([order.id])).toEqual([]);
      expect(await lanes.unsent(home0)).toEqual([]);
      expect((await lanes.takeOver(home0, 'two')).nextOffset).toBeUndefined();
    },
  },
  {
    name: 'commits several lanes together',
    run: async ({ lanes, now }) => {
      const orders = [startedOrder(now, 'order-1'), startedOrder(now, 'order-2', { home: 1 })] as const;
      const one = batchOf(await lanes.takeOver(home0, 'one'), {
        inserts: [orders[0]],
        outbox: 'zero',
        nextOffset: 5,
      });
      const other = batchOf(await lanes.takeOver(home1, 'one'), { inserts: [orders[1]], nextOffset: 9 });

      expect(await lanes.commit([other, one])).toEqual({ kind: 'committed' });
      expect(await lanes.loadInstances(orders.map((order) => order.id))).toHaveLength(2);
      expect((await lanes.takeOver(home0, 'two')).nextOffset).toBe(5);
      expect((await lanes.takeOver(home1, 'two')).nextOffset).toBe(9);
      expect(await lanes.unsent(home0)).toEqual([{ seq: one.lane.seq, payload: 'zero' }]);
      expect(await lanes.unsent(home1)).toEqual([]);
    },
  },
  {
    name: 'shows the next holder what was committed and not deleted, oldest first',
    run: async ({ lanes }) => {
      let lane = await lanes.takeOver(home0, 'one');
      for (let number = 0; number < 12; number += 1) {
        const batch = batchOf(lane, { outbox: `message ${number}` });
        await lanes.commit([batch]);
        lane = after(batch);
      }
      await lanes.takeOver(home0, 'two');

      const unsent = await lanes.unsent(home0);

      expect(unsent.map((row) => row.payload)).toEqual(
        Array.from({ length: 12 }, (_, number) => `message ${number}`),
      );
    },
  },
  {
    name: 'deletes exactly the acknowledged rows of the lane',
    run: async ({ lanes }) => {
      const first = batchOf(await lanes.takeOver(home0, 'one'), { outbox: 'first' });
      await lanes.commit([first]);
      const second = batchOf(after(first), { outbox: 'second' });
      await lanes.commit([second]);
      const third = batchOf(after(second), { outbox: 'third' });
      await lanes.commit([third]);
      const other = batchOf(await lanes.takeOver(home1, 'one'), { outbox: 'other lane' });
      await lanes.commit([other]);
      const otherSecond = batchOf(after(other), { outbox: 'other lane again' });
      await lanes.commit([otherSecond]);

      await lanes.commit([batchOf(after(third), { acknowledged: [second.lane.seq] })]);

      expect((await lanes.unsent(home0)).map((row) => row.payload)).toEqual(['first', 'third']);
      expect((await lanes.unsent(home1)).map((row) => row.payload)).toEqual([
        'other lane',
        'other lane again',
      ]);
    },
  },
  {
    name: 'keeps position and anchor of a batch without them',
    run: async (stores) => {
      const anchor = { offset: 41, timestamp: stores.now, checksum: 4_294_967_295 };
      await committed(stores, { nextOffset: 42, anchor });
      await committed(stores, { outbox: 'timers only' });

      expect(await stores.lanes.takeOver(home0, 'two')).toMatchObject({ nextOffset: 42, anchor, seq: 2 });
    },
  },
  {
    name: 'counts changes of owner until a position is committed',
    run: async (stores) => {
      await stores.lanes.takeOver(home0, 'one');
      await committed(stores, { outbox: 'no position' });
      const third = await stores.lanes.takeOver(home0, 'three');
      const again = await stores.lanes.takeOver(home0, 'three');
      await committed(stores, { nextOffset: 1 });
      const afterProgress = await stores.lanes.takeOver(home0, 'five');

      expect([third.takeovers, again.takeovers]).toEqual([3, 3]);
      expect(afterProgress.takeovers).toBe(1);
    },
  },
  {
    name: 'counts attempts until a position is committed',
    run: async (stores) => {
      await committed(stores, { attempting: true });
      await committed(stores, { outbox: 'timers only' });
      await committed(stores, { attempting: true });
      const tried = await stores.lanes.takeOver(home0, 'one');
      await committed(stores, { nextOffset: 1 });

      expect(tried.attempts).toBe(2);
      expect((await stores.lanes.takeOver(home0, 'one')).attempts).toBe(0);
    },
  },
];
