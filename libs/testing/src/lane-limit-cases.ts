import { expect } from '@jest/globals';
import type { LanePosition, LimitedRow } from '#libs/orchestration';
import type { ContractCase } from './contract.js';
import {
  after,
  batchOf,
  committed,
  home0,
  home1,
  startedOrder,
  storedOrder,
  type StoreSet,
} from './store-set.js';

/** Sentences about commands that have to wait for a limit. */
export const laneLimitCases: readonly ContractCase<StoreSet>[] = [
  {
    name: 'keeps limited commands in the order of their places',
    run: async (stores) => {
      const start = startedOrder(stores.now, 'o1');
      const rows = [row(stores, start.id, 1), row(stores, start.id, 0, { operation: 'a/1/do', attempt: 2 })];
      await committed(stores, { inserts: [start], limited: { queued: rows, sent: [], gone: [] } });

      expect(await stores.lanes.limited(home0)).toEqual(rows.toReversed());
      expect(await stores.lanes.limited(home1)).toEqual([]);
    },
  },
  {
    name: 'forgets the message of a limited command that is sent, and all of one that is gone',
    run: async (stores) => {
      const start = startedOrder(stores.now, 'o1');
      const [sent, gone] = [row(stores, start.id, 0), row(stores, start.id, 1)];
      const lane = await committed(stores, {
        inserts: [start],
        limited: { queued: [sent, gone], sent: [], gone: [] },
      });
      const told = {
        queued: [],
        sent: [{ seq: 0, n: 0 }],
        gone: [
          { seq: 0, n: 1 },
          { seq: 7, n: 7 },
        ],
      };
      await stores.lanes.commit([batchOf(lane, { limited: told })]);

      const { payload: _, ...kept } = sent;
      expect(await stores.lanes.limited(home0)).toEqual([kept]);
    },
  },
  {
    name: 'writes no limited command of a lane that is lost',
    run: async (stores) => {
      const start = startedOrder(stores.now, 'o1');
      const former = await stores.lanes.takeOver(home0, 'one');
      await stores.lanes.takeOver(home0, 'two');
      const limited = { queued: [row(stores, start.id, 0)], sent: [], gone: [] };

      await expect(
        stores.lanes.commit([batchOf(former, { inserts: [start], limited })]),
      ).rejects.toMatchObject({ code: 'LANE_LOST' });

      expect(await stores.lanes.limited(home0)).toEqual([]);
    },
  },
  {
    name: 'grants what a limit has room for, to all lanes together',
    run: async (stores) => {
      await queued(stores, 3);
      const [first, second, third] = [place(0), place(1), place(2)];
      const ask = { limit: 'inventory', limits: { concurrency: 2 }, answers: [] };

      const granted = [
        await stores.lanes.grant({ ...ask, wanted: [first!] }),
        await stores.lanes.grant({ ...ask, wanted: [second, third] }),
        await stores.lanes.grant({ ...ask, wanted: [third] }),
      ];

      expect(granted).toEqual([{ count: 1 }, { count: 1 }, { count: 0 }]);
      expect((await stores.lanes.limited(home0)).map(({ isGranted }) => isGranted)).toEqual([
        true,
        true,
        false,
      ]);
    },
  },
  {
    name: 'grants at once no more than a limit allows',
    run: async (stores) => {
      await queued(stores, 8);
      const ask = { limit: 'inventory', limits: { concurrency: 3 }, answers: [] };

      const granted = await Promise.all(
        Array.from({ length: 8 }, (_, n) => stores.lanes.grant({ ...ask, wanted: [place(n)] })),
      );

      expect(granted.filter(({ count }) => count === 1)).toHaveLength(3);
    },
  },
  {
    name: 'grants again what counts already, and anew what is free',
    run: async (stores) => {
      const lane = await queued(stores, 2);
      const ask = { limit: 'inventory', limits: { concurrency: 1 }, answers: [] };
      await stores.lanes.grant({ ...ask, wanted: [place(0)] });
      const again = await stores.lanes.grant({ ...ask, wanted: [place(0)] });
      const full = await stores.lanes.grant({ ...ask, wanted: [place(1)] });

      const limited = { queued: [], sent: [], gone: [{ seq: 0, n: 0 }] };
      await stores.lanes.commit([batchOf(lane, { limited })]);
      const freed = await stores.lanes.grant({ ...ask, wanted: [place(1)] });

      expect([again, full, freed]).toEqual([{ count: 1 }, { count: 0 }, { count: 1 }]);
    },
  },
  {
    name: 'shows what waits for a limit',
    run: async (stores) => {
      const [first, second] = [startedOrder(stores.now, 'o1'), startedOrder(stores.now, 'o2')];
      const rows = [
        row(stores, first.id, 0),
        row(stores, second.id, 1, { at: stores.now - 7_000 }),
        row(stores, second.id, 2, { operation: 'ship/1/do', limit: 'shipping' }),
      ];
      await committed(stores, { inserts: [first, second], limited: { queued: rows, sent: [], gone: [] } });
      const limits = { concurrency: 1 };
      await stores.lanes.grant({ limit: 'inventory', limits, wanted: [place(0)], answers: [] });

      const { operators, now } = stores;
      const command = { saga: second.id, operation: 'reserve/1/do', limit: 'inventory', since: now - 7_000 };
      const other = { saga: second.id, operation: 'ship/1/do', limit: 'shipping', since: now };
      expect(await operators.heldCommands(first.id)).toEqual([]);
      expect(await operators.heldCommands(second.id)).toEqual([command, other]);
      expect(await operators.limitQueues()).toEqual([
        { limit: 'inventory', waiting: 1, since: now - 7_000 },
        { limit: 'shipping', waiting: 1, since: now },
      ]);
      expect((await operators.census(now)).limits).toEqual([
        { limit: 'inventory', count: 1, oldestMs: 7_000 },
        { limit: 'shipping', count: 1, oldestMs: 0 },
      ]);
    },
  },
  {
    name: 'shows how much each pause holds',
    run: async (stores) => {
      const { definitions, operators, now } = stores;
      const orders = [startedOrder(now, 'o1'), startedOrder(now, 'o2', { definition: 'return' })];
      const rows = [
        row(stores, orders[0]!.id, 0),
        row(stores, orders[0]!.id, 1, { limit: 'inventory.count' }),
        row(stores, orders[1]!.id, 2),
        row(stores, orders[1]!.id, 3, { limit: 'shipping' }),
      ];
      await committed(stores, { inserts: orders, limited: { queued: rows, sent: [], gone: [] } });
      const names = { participant: 'inventory', definition: 'return', saga: orders[1]!.id } as const;
      for (const kind of ['saga', 'participant', 'definition'] as const)
        await definitions.setPause(
          { kind, name: names[kind], at: now - 3_000, by: 'ann', reason: 'a test' },
          `pause ${kind}`,
        );

      const queues = await operators.pausedQueues();

      expect(queues.toSorted((one, other) => (one.kind < other.kind ? -1 : 1))).toEqual([
        { kind: 'definition', name: 'return', held: 2, since: now - 3_000 },
        { kind: 'participant', name: 'inventory', held: 3, since: now - 3_000 },
        { kind: 'saga', name: orders[1]!.id, held: 2, since: now - 3_000 },
      ]);
      expect((await operators.census(now)).paused).toHaveLength(3);
      expect((await operators.audits(orders[1]!.id)).map(({ action }) => action)).toContain('pause');
    },
  },
  {
    name: 'finds nobody overdue whose command has not left',
    run: async (stores) => {
      const { now, housekeeping, operators } = stores;
      const start = startedOrder(now, 'o1', { wakeAt: now - 10 });
      const limited = { queued: [row(stores, start.id, 0)], sent: [], gone: [] };
      const lane = await committed(stores, { inserts: [start], limited });
      const whileHeld = await housekeeping.overdue(now, 10);
      const lateness = (await operators.census(now)).timerLatenessMs;
      await stores.lanes.commit([
        batchOf(lane, { limited: { queued: [], sent: [{ seq: 0, n: 0 }], gone: [] } }),
      ]);

      expect([whileHeld, lateness]).toEqual([[], 0]);
      expect((await housekeeping.overdue(now, 10)).map(({ saga }) => saga)).toEqual([start.id]);
      expect((await operators.census(now)).timerLatenessMs).toBe(10);
    },
  },
  {
    name: 'counts nothing of a saga that has ended',
    run: async (stores) => {
      const start = startedOrder(stores.now, 'o1');
      const rows = [row(stores, start.id, 0), row(stores, start.id, 1)];
      const lane = await committed(stores, {
        inserts: [start],
        limited: { queued: rows, sent: [], gone: [] },
      });
      const ask = { limit: 'inventory', limits: { concurrency: 1 }, answers: [] };
      await stores.lanes.grant({ ...ask, wanted: [place(0)] });

      const ended = storedOrder(start, { status: 'completed', revision: 2, finishedAt: stores.now });
      await stores.lanes.commit([batchOf(lane, { updates: [ended] })]);

      expect(await stores.lanes.grant({ ...ask, wanted: [place(1)] })).toEqual({ count: 1 });
    },
  },
  {
    name: 'remembers what a limit has let go and heard',
    run: async (stores) => {
      await queued(stores, 3);
      const wanted = [place(0), place(1), place(2)];
      const rate = { count: 2, perMs: 60_000 };
      const breaker = { failures: 0.5, of: 2, probeMs: 60_000 };

      const first = await stores.lanes.grant({ limit: 'inventory', limits: { rate }, wanted, answers: [] });
      const second = await stores.lanes.grant({ limit: 'inventory', limits: { rate }, wanted, answers: [] });
      const other = await stores.lanes.grant({ limit: 'other', limits: { rate }, wanted, answers: [] });
      await stores.lanes.grant({ limit: 'b', limits: { breaker }, wanted: [], answers: [true, true] });
      const open = await stores.lanes.grant({ limit: 'b', limits: { breaker }, wanted, answers: [] });

      expect([first.count, second.count, other.count, open.count]).toEqual([2, 0, 2, 0]);
      expect(second.againMs).toBeGreaterThan(0);
      expect(second.againMs).toBeLessThanOrEqual(61_000);
    },
  },
];

function row({ now }: StoreSet, saga: string, n: number, given: Partial<LimitedRow> = {}): LimitedRow {
  const command = { saga, operation: 'reserve/1/do', attempt: 1, limit: 'inventory' };
  return {
    seq: 0,
    n,
    ...command,
    at: now,
    isGranted: false,
    payload: JSON.stringify({ value: `größe "${n}"` }),
    ...given,
  };
}

function place(n: number): {
  readonly topic: string;
  readonly part: number;
  readonly seq: number;
  readonly n: number;
} {
  return { ...home0, seq: 0, n };
}

async function queued(stores: StoreSet, count: number): Promise<LanePosition> {
  const starts = Array.from({ length: count }, (_, n) => startedOrder(stores.now, `o${n}`));
  const rows = starts.map(({ id }, n) => row(stores, id, n));
  const lane = await stores.lanes.takeOver(home0, 'contract');
  const batch = batchOf(lane, { inserts: starts, limited: { queued: rows, sent: [], gone: [] } });
  await stores.lanes.commit([batch]);
  return after(batch);
}
