import { expect } from '@jest/globals';
import type { Instant, SagaId } from '#libs/messaging';
import type { HistoryRow, StageCount, StoredInstance } from '#libs/orchestration';
import type { ContractCase } from './contract.js';
import { committed, parked, startedOrder, storedLock, type StoreSet } from './store-set.js';

/** Sentences about what is counted, and about causes. */
export const operatorCountCases: readonly ContractCase<StoreSet>[] = [
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
    name: 'tells how sagas went that ended within a time, by version',
    run: async (stores) => {
      const { now } = stores;
      const ended = (key: string, ms: number, given: Partial<StoredInstance> = {}) =>
        startedOrder(now - 10_000, key, { status: 'completed', finishedAt: now - 10_000 + ms, ...given });
      const stuck = ended('stuck', 4_000, { version: 2, status: 'compensated' });
      const incident = { id: 'i1', saga: stuck.id, code: 'UNCAUGHT', message: 'no', at: now - 9_000 };
      await committed(stores, {
        inserts: [
          ...[1_000, 2_000, 3_000, 4_000, 5_000].map((ms) => ended(`first-${ms}`, ms)),
          ended('second', 2_000, { version: 2 }),
          stuck,
          ended('late', 10_000),
          ended('another', 1_000, { definition: 'another' }),
          startedOrder(now - 10_000, 'live'),
        ],
        incidents: [
          { ...incident, open: true },
          { ...incident, open: false },
        ],
      });
      await stores.housekeeping.archive(now + 1, 3);

      const figures = await stores.operators.figures('order', now - 10_000, now);

      const none = { compensated: 0, cancelled: 0, withIncident: 0 };
      expect(figures).toEqual([
        { ...none, version: 1, completed: 5, p50Ms: 3_000, p95Ms: 4_800 },
        { ...none, version: 2, completed: 1, compensated: 1, withIncident: 1, p50Ms: 3_000, p95Ms: 3_900 },
      ]);
    },
  },
  {
    name: 'counts where live sagas stand, by what they wait for',
    run: async (stores) => {
      const { now } = stores;
      const hour = 3_600_000;
      const standing = (key: string, state: object, given: Partial<StoredInstance> = {}) =>
        startedOrder(now, key, { state: JSON.stringify({ at: now, ...state }), ...given });
      const asked = (at: string, startedAt: number) => ({ at, standing: 'asked', do: { startedAt } });
      const done = { at: 'reserve', standing: 'done' };
      await committed(stores, {
        inserts: [
          standing('a', { operations: [done, asked('charge', now - 5)] }),
          standing('b', { operations: [asked('charge', now - 2 * hour)] }, { incident: true }),
          standing('legs', {
            operations: [asked('pick@1', now - 3), asked('pick@2', now - 30 * hour)],
            frames: { ship: { kind: 'wait', startedAt: now - 7 }, body: { kind: 'scope', startedAt: 0 } },
          }),
          standing('stuck', { raised: { ship: {}, pack: {} }, incidents: { ship: { since: now - 9 } } }),
          standing(
            'undone',
            {
              operations: [
                { at: 'charge', standing: 'revoked', do: { startedAt: 0 }, undo: { startedAt: now - 1 } },
                { at: 'reserve', standing: 'revoked' },
              ],
            },
            { status: 'compensating' },
          ),
          standing('nowhere', { at: now - 4 }),
          standing('another', { at: now - 6 }, { definition: 'another' }),
          standing('ended', { operations: [asked('charge', 0)] }, { status: 'completed', finishedAt: now }),
        ],
      });

      const counts = await stores.operators.stages(now, 'order');

      const of = { definition: 'order', version: 1, status: 'running' };
      const few = { withIncident: 0, overHour: 0, overDay: 0 };
      const charge = { ...few, node: 'charge', oldestAt: now - 2 * hour, withIncident: 1, overHour: 1 };
      expect([...counts].toSorted(byPlace)).toEqual([
        { ...of, ...charge, count: 2, counted: 2 },
        {
          ...of,
          ...few,
          node: 'pick',
          count: 1,
          counted: 1,
          oldestAt: now - 30 * hour,
          overHour: 1,
          overDay: 1,
        },
        { ...of, ...few, node: 'ship', count: 2, counted: 1, oldestAt: now - 9 },
        { ...of, ...few, count: 1, counted: 1, oldestAt: now - 4 },
        { ...of, ...few, node: 'charge', status: 'compensating', count: 1, counted: 1, oldestAt: now - 1 },
      ]);
      const all = await stores.operators.stages(now);
      expect(all.reduce((sum, { counted }) => sum + counted, 0)).toBe(7);
    },
  },
  {
    name: 'counts repairs by what was the matter, and those after which there was trouble again',
    run: async (stores) => {
      const { now } = stores;
      const [again, archived, quiet] = [
        startedOrder(now - 60_000, 'again'),
        startedOrder(now - 60_000, 'archived', { status: 'completed', finishedAt: now }),
        startedOrder(now - 60_000, 'quiet'),
      ] as const;
      const trouble = { id: 'charge', code: 'UNCAUGHT', message: 'no' };
      const opened = (saga: string, at: number) => ({ ...trouble, saga, at, open: true });
      await committed(stores, {
        inserts: [again, archived, quiet],
        incidents: [opened(again.id, now - 5_000), opened(quiet.id, now - 5_000)],
      });
      await stores.housekeeping.archive(now + 1, 2);
      const repair = (
        saga: string,
        at: number,
        action: string,
        detail: string,
        result: 'done' | 'refused' = 'done',
      ) => stores.operators.note({ request: `${saga}-${at}`, saga, at, action, by: 'ann', result, detail });
      await repair(again.id, now - 3_000, 'retry', 'participant-away');
      await repair(quiet.id, now - 3_000, 'skip', 'participant-away');
      await repair(archived.id, now - 3_000, 'redrive', '');
      await repair(quiet.id, now - 2_000, 'retry', 'no incident is open', 'refused');
      await repair(quiet.id, now - 1_000, 'cancel', '');
      await repair(quiet.id, now - 9_000, 'retry', 'participant-away');
      const closed = { ...opened(again.id, now - 3_000), open: false };
      await committed(stores, { incidents: [closed] });
      await committed(stores, { incidents: [opened(again.id, now - 1_000)] });

      expect(await stores.operators.repairs(now - 4_000)).toEqual([
        { definition: 'order', mode: '', count: 1, repeated: 0 },
        { definition: 'order', mode: 'participant-away', count: 2, repeated: 1 },
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
        startedOrder(now - 80_000, 'undone', {
          status: 'compensating',
          state: JSON.stringify({ ending: { status: 'compensated', decidedAt: now - 2_000 } }),
        }),
        startedOrder(now - 90_000, 'done', { status: 'completed', finishedAt: now, wakeAt: now - 80_000 }),
      ];
      const frozen = storedLock('reroute/truck/1', { kind: 'admit' });
      const incident = { id: 'i1', code: 'UNCAUGHT', message: 'no', at: now - 3_000 };
      const incidents = [
        { ...incident, saga: orders[0]!.id, open: true },
        { ...incident, saga: orders[1]!.id, open: true },
        { ...incident, saga: orders[1]!.id, open: false },
        { ...incident, id: 'lane', code: 'LANE_HALTED', open: true },
        { ...incident, id: 'frozen', saga: frozen.id, code: 'KEY_FROZEN', open: true },
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
        frozen,
      ];
      const aside = [
        parked(1),
        parked(2),
        parked(3, { saga: orders[0]!.id }),
        parked(4, { topic: 'shop.events' }),
      ];
      await committed(stores, {
        inserts: orders,
        incidents,
        parked: aside,
        desks: { kept, gone: [] },
      });

      const census = await stores.operators.census(now);

      expect(census).toEqual({
        live: [
          { definition: 'order', status: 'running', count: 3, oldestMs: 60_000 },
          { definition: 'order', status: 'compensating', count: 1, oldestMs: 2_000 },
        ].toSorted((one, other) => (one.status < other.status ? -1 : 1)),
        incidents: [
          { definition: '', code: 'LANE_HALTED', count: 1, oldestMs: 3_000 },
          { definition: 'order', code: 'UNCAUGHT', count: 1, oldestMs: 3_000 },
          { definition: 'reroute', code: 'KEY_FROZEN', count: 1, oldestMs: 3_000 },
        ],
        stalled: [],
        parked: [
          { topic: 'contract.home', definition: '', count: 2 },
          { topic: 'contract.home', definition: 'order', count: 1 },
          { topic: 'shop.events', definition: '', count: 1 },
        ],
        tasks: [{ definition: 'order', block: 'approve', count: 2, oldestMs: 7_000 }],
        limits: [],
        paused: [],
        timerLatenessMs: 5_000,
      });
    },
  },
  {
    name: 'counts as standing still what has not come nearer to its end for too long',
    run: async (stores) => {
      const { now } = stores;
      const settled = (outcome: string) => ({ kind: 'settled', outcome });
      const waited = (outcome: string) => ({ kind: 'waited', outcome });
      const lately: Readonly<Record<string, readonly object[]>> = {
        asked: [{ kind: 'open' }],
        failed: [settled('failed')],
        doubtful: [settled('unknown')],
        withdrawn: [waited('withdrawn')],
        noted: [{ kind: 'noted' }, { kind: 'incident' }],
        repeated: [],
        answered: [{ kind: 'open' }, settled('succeeded')],
        refused: [settled('rejected')],
        heard: [waited('came')],
        decided: [waited('defaulted')],
        caught: [{ kind: 'caught' }],
        told: [{ kind: 'tell' }],
      };
      const slow = Object.keys(lately).map((key) => startedOrder(now - 60_000, key));
      const history = slow.flatMap(({ id, businessKey }) => [
        entry(id, 1, now - 60_000, [settled('succeeded')]),
        entry(id, 2, now - 5_000, lately[businessKey]!),
      ]);
      const others = [
        startedOrder(now - 5_000, 'young'),
        startedOrder(now - 60_000, 'stuck', { incident: true }),
        startedOrder(now - 60_000, 'over', { status: 'completed', finishedAt: now - 50_000 }),
        startedOrder(now - 60_000, 'slow', { definition: 'return' }),
        startedOrder(now - 60_000, 'unhurried', { definition: 'claim' }),
      ];
      await committed(stores, { inserts: [...slow, ...others], history });
      const target = (definition: string, withinMs: number) => ({ definition, withinMs });

      const count = async (orderMs: number) =>
        (await stores.operators.census(now, [target('return', 1_000), target('order', orderMs)])).stalled;

      expect(await count(10_000)).toEqual([
        { definition: 'order', count: 6 },
        { definition: 'return', count: 1 },
      ]);
      expect(await count(4_000)).toEqual([
        { definition: 'order', count: 13 },
        { definition: 'return', count: 1 },
      ]);
      expect((await stores.operators.census(now, [])).stalled).toEqual([]);
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
];

/** What goes forward first, then by node; those at none last. */
function byPlace(one: StageCount, other: StageCount): number {
  const text = ({ status, node = '~' }: StageCount): string => `${status === 'running' ? 0 : 1}${node}`;
  return text(one) < text(other) ? -1 : 1;
}

function entry(saga: SagaId, revision: number, at: Instant, effects: readonly object[]): HistoryRow {
  return {
    saga,
    revision,
    at,
    entries: JSON.stringify([{ input: { kind: 'answer', now: at }, effects, offset: 1 }]),
  };
}
