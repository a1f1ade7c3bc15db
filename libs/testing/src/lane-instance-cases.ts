import { expect } from '@jest/globals';
import { keyHash } from '#libs/messaging';
import type { ContractCase } from './contract.js';
import { batchOf, committed, home0, home1, startedOrder, storedOrder, type StoreSet } from './store-set.js';

/** Sentences about instances and their keys. */
export const laneInstanceCases: readonly ContractCase<StoreSet>[] = [
  {
    name: 'stores a new instance as it is given',
    run: async (stores) => {
      const order = startedOrder(stores.now, 'größe "1"\\', {
        wakeAt: stores.now + 30_000,
        trace: '00-ab-cd-01',
        held: true,
      });
      await committed(stores, { inserts: [order] });

      expect(await stores.lanes.loadInstances([order.id])).toEqual([storedOrder(order)]);
    },
  },
  {
    name: 'replaces what changes in an instance',
    run: async (stores) => {
      const order = startedOrder(stores.now, 'order-1', { wakeAt: stores.now + 30_000 });
      await committed(stores, { inserts: [order] });
      const { wakeAt: _, ...rest } = storedOrder(order);
      const done = {
        ...rest,
        status: 'completed',
        revision: 2,
        state: '{"done":true}',
        incident: true,
      } as const;
      const finished = { ...done, finishedAt: stores.now + 1 };
      await committed(stores, { updates: [finished] });

      expect(await stores.lanes.loadInstances([order.id])).toEqual([finished]);
    },
  },
  {
    name: 'loads what is live and nothing else',
    run: async (stores) => {
      const order = startedOrder(stores.now, 'order-1');
      const stranger = startedOrder(stores.now, 'order-2');
      await committed(stores, { inserts: [order] });

      expect(await stores.lanes.loadInstances([stranger.id, order.id])).toEqual([storedOrder(order)]);
      expect(await stores.lanes.loadInstances([])).toEqual([]);
    },
  },
  {
    name: 'names an instance of another revision and writes nothing',
    run: async (stores) => {
      const [order, other] = [startedOrder(stores.now, 'order-1'), startedOrder(stores.now, 'order-2')];
      await committed(stores, { inserts: [order, other] });
      const lane = await stores.lanes.takeOver(home0, 'one');
      const updates = [storedOrder(order, { revision: 3 }), storedOrder(other, { revision: 2, state: '{}' })];

      const result = await stores.lanes.commit([batchOf(lane, { updates, outbox: 'void', nextOffset: 5 })]);

      expect(result).toEqual({ kind: 'conflicts', sagas: [order.id] });
      expect(await stores.lanes.loadInstances([other.id])).toEqual([storedOrder(other)]);
      expect(await stores.lanes.unsent(home0)).toEqual([]);
      expect(await stores.lanes.commit([batchOf(lane)])).toEqual({ kind: 'committed' });
    },
  },
  {
    name: 'names an instance that is not live as a conflict',
    run: async (stores) => {
      const order = startedOrder(stores.now, 'order-1');
      const lane = await stores.lanes.takeOver(home0, 'one');

      const result = await stores.lanes.commit([
        batchOf(lane, { updates: [storedOrder(order, { revision: 2 })] }),
      ]);

      expect(result).toEqual({ kind: 'conflicts', sagas: [order.id] });
    },
  },
  {
    name: 'tells a second start of a key its winner and writes nothing',
    run: async (stores) => {
      const winner = startedOrder(stores.now, 'order-1');
      await committed(stores, { inserts: [winner] });
      const loser = startedOrder(stores.now + 1, 'order-1');
      const bystander = startedOrder(stores.now, 'order-2');
      const lane = await stores.lanes.takeOver(home1, 'one');

      const result = await stores.lanes.commit([batchOf(lane, { inserts: [bystander, loser] })]);

      expect(result).toEqual({ kind: 'duplicates', starts: [{ saga: loser.id, winner: winner.id }] });
      expect(await stores.lanes.loadInstances([loser.id, bystander.id])).toEqual([]);
    },
  },
  {
    name: 'tells a repeated start that it is its own winner',
    run: async (stores) => {
      const order = startedOrder(stores.now, 'order-1');
      await committed(stores, { inserts: [order] });
      const lane = await stores.lanes.takeOver(home0, 'one');

      const result = await stores.lanes.commit([batchOf(lane, { inserts: [order] })]);

      expect(result).toEqual({ kind: 'duplicates', starts: [{ saga: order.id, winner: order.id }] });
    },
  },
  {
    name: 'names the first of two starts of a key in one call',
    run: async (stores) => {
      const [first, second] = [startedOrder(stores.now, 'order-1'), startedOrder(stores.now + 1, 'order-1')];
      const lane = await stores.lanes.takeOver(home0, 'one');

      const result = await stores.lanes.commit([batchOf(lane, { inserts: [first, second] })]);

      expect(result).toEqual({ kind: 'duplicates', starts: [{ saga: second.id, winner: first.id }] });
    },
  },
  {
    name: 'keeps the same key of two definitions apart',
    run: async (stores) => {
      await committed(stores, { inserts: [startedOrder(stores.now, 'order-1')] });
      const lane = await stores.lanes.takeOver(home0, 'one');
      const other = startedOrder(stores.now, 'order-1', {
        definition: 'return',
        keyHash: keyHash('return', 'order-1'),
      });

      expect(await stores.lanes.commit([batchOf(lane, { inserts: [other] })])).toEqual({ kind: 'committed' });
    },
  },
  {
    name: 'keeps a key after the end unless it is reusable',
    run: async (stores) => {
      const lasting = startedOrder(stores.now, 'lasting', { status: 'completed', finishedAt: stores.now });
      const reusable = startedOrder(stores.now, 'reusable', {
        ...lasting,
        reusableKey: true,
        ...keyOf('reusable', stores.now),
      });
      await committed(stores, { inserts: [lasting, reusable] });
      const again = startedOrder(stores.now + 1, 'lasting');
      const anew = startedOrder(stores.now + 1, 'reusable', { reusableKey: true });
      const lane = await stores.lanes.takeOver(home0, 'one');

      expect(await stores.lanes.commit([batchOf(lane, { inserts: [again] })])).toMatchObject({
        kind: 'duplicates',
      });
      expect(await stores.lanes.commit([batchOf(lane, { inserts: [anew] })])).toEqual({ kind: 'committed' });
    },
  },
  {
    name: 'keeps a reusable key while its saga runs',
    run: async (stores) => {
      const running = startedOrder(stores.now, 'order-1', { reusableKey: true });
      await committed(stores, { inserts: [running] });
      const again = startedOrder(stores.now + 1, 'order-1', { reusableKey: true });
      const lane = await stores.lanes.takeOver(home0, 'one');

      expect(await stores.lanes.commit([batchOf(lane, { inserts: [again] })])).toEqual({
        kind: 'duplicates',
        starts: [{ saga: again.id, winner: running.id }],
      });
    },
  },
  {
    name: 'knows a repeated start after its saga was archived',
    run: async (stores) => {
      const order = startedOrder(stores.now, 'order-1', {
        reusableKey: true,
        status: 'completed',
        finishedAt: stores.now,
      });
      await committed(stores, { inserts: [order] });
      await stores.housekeeping.archive(stores.now + 1, 10);
      const lane = await stores.lanes.takeOver(home0, 'one');

      expect(await stores.lanes.commit([batchOf(lane, { inserts: [order] })])).toEqual({
        kind: 'duplicates',
        starts: [{ saga: order.id, winner: order.id }],
      });
    },
  },
  {
    name: 'takes business keys of 3,000 characters',
    run: async (stores) => {
      // No two alike, so that compression does not make it short.
      const long = Array.from({ length: 3_000 }, (_, place) =>
        String.fromCodePoint(0x4e00 + ((place * 7_919) % 20_000)),
      ).join('');
      const order = startedOrder(stores.now, long);
      await committed(stores, { inserts: [order] });

      expect(await stores.operators.list({ businessKey: long })).toMatchObject([{ id: order.id }]);
    },
  },
  {
    name: 'refuses a NUL character and writes nothing',
    run: async (stores) => {
      const order = startedOrder(stores.now, 'order-1');
      const lane = await stores.lanes.takeOver(home0, 'one');
      const poison = startedOrder(stores.now, 'poison\0');

      const commit = stores.lanes.commit([batchOf(lane, { inserts: [order, poison], nextOffset: 4 })]);

      await expect(commit).rejects.toMatchObject({ code: 'STORE_REFUSED', retryable: false });
      expect(await stores.lanes.loadInstances([order.id])).toEqual([]);
      expect(await stores.lanes.commit([batchOf(lane, { inserts: [order] })])).toEqual({ kind: 'committed' });
    },
  },
];

function keyOf(
  businessKey: string,
  now: number,
): { readonly id: string; readonly keyHash: Buffer; readonly businessKey: string } {
  const { id, keyHash: hash } = startedOrder(now, businessKey);
  return { id, keyHash: hash, businessKey };
}
