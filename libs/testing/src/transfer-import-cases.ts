import { expect } from '@jest/globals';
import type { Instant } from '#libs/messaging';
import type { EndedSaga, MarkedPublication } from '#libs/orchestration';
import type { ContractCase } from './contract.js';
import { batchOf, committed, home0, startedOrder, storedOrder, type StoreSet } from './store-set.js';

const DAY_MS = 86_400_000;

const mark = { revision: 4, publishedAt: 1_700_000_000_000, publishedBy: 'ann' };
const inventory = { kind: 'participant', name: 'inventory', version: 0, file: 'a.yaml' };

const publication: MarkedPublication = {
  documents: [
    { ...inventory, text: 'older', ...mark },
    { kind: 'saga', name: 'order', version: 1, file: 'a.yaml', text: 'saga: order', ...mark },
    { ...inventory, text: 'newer', revision: 9, publishedAt: 1_700_000_100_000, publishedBy: 'ben' },
  ],
  files: [{ path: 'order.json', text: '{}', ...mark }],
};

const nothing: MarkedPublication = { documents: [], files: [] };

function importOf(at: Instant) {
  const what = { action: 'import', by: 'ann', reason: 'we move', result: 'done', detail: 'old' } as const;
  return { request: 'import-1', saga: '', at, ...what };
}

/** Sentences about what is imported. */
export const transferImportCases: readonly ContractCase<StoreSet>[] = [
  {
    name: 'publishes what an import begins with, as it was',
    run: async (stores) => {
      expect(await stores.transfers.begin(publication, importOf(stores.now))).toBe('begun');

      expect(await stores.transfers.published()).toEqual(publication);
      expect(await stores.definitions.revision()).toBe(9);
      const { documents, former, files } = await stores.definitions.load();
      expect(documents.toSorted((one, other) => (one.name < other.name ? -1 : 1))).toMatchObject([
        { name: 'inventory', text: 'newer', publishedAt: 1_700_000_100_000 },
        { name: 'order', text: 'saga: order', publishedAt: 1_700_000_000_000 },
      ]);
      expect(former).toMatchObject([{ name: 'inventory', text: 'older', publishedAt: 1_700_000_000_000 }]);
      expect(files).toEqual([{ path: 'order.json', text: '{}' }]);
      expect(await stores.operators.audit('import-1')).toEqual(importOf(stores.now));
    },
  },
  {
    name: 'goes on with an import that was begun',
    run: async (stores) => {
      await stores.transfers.begin(publication, importOf(stores.now));
      await stores.transfers.take([endedOrder(stores.now, 'order-1')]);

      expect(await stores.transfers.begin(publication, importOf(stores.now))).toBe('resumed');
      expect(await stores.transfers.published()).toEqual(publication);
    },
  },
  {
    name: 'begins no import where something is published',
    run: async (stores) => {
      const { definitions, transfers } = stores;
      await definitions.publish([{ ...publication.documents[1]!, version: 2 }], [], 'ann');

      expect(await transfers.begin(publication, importOf(stores.now))).toBe('occupied');
      expect((await transfers.published()).documents).toHaveLength(1);
      expect(await stores.operators.audit('import-1')).toBeUndefined();
    },
  },
  {
    name: 'begins no import where there are sagas, archived ones too',
    run: async (stores) => {
      await stores.transfers.begin(nothing, importOf(stores.now));
      await stores.transfers.take([endedOrder(stores.now, 'order-1')]);

      const other = { ...importOf(stores.now), request: 'import-2' };
      expect(await stores.transfers.begin(nothing, other)).toBe('occupied');
      await committed(stores, { inserts: [startedOrder(stores.now, 'order-2')] });
      expect(await stores.transfers.begin(nothing, other)).toBe('occupied');
    },
  },
  {
    name: 'archives what it takes, as it was',
    run: async (stores) => {
      const { now } = stores;
      const long = endedOrder(now - 400 * DAY_MS, 'long ago');
      const sagas = [long, endedOrder(now, 'order "1"\\'), endedOrder(now + 1, 'freed', false)];

      expect(await stores.transfers.take(sagas)).toBe(3);

      expect(await stores.transfers.ended(undefined, 10)).toEqual(sagas);
      expect(await stores.operators.find(long.instance.id)).toEqual(long.instance);
      expect(await stores.lanes.archived([long.instance.id])).toEqual([long.instance.id]);
    },
  },
  {
    name: 'leaves what is here as it is',
    run: async (stores) => {
      const { now } = stores;
      const [first, second] = [endedOrder(now, 'order-1'), endedOrder(now + 1, 'order-2')];
      await stores.transfers.take([first]);
      const changed = { ...first, instance: { ...first.instance, state: '{"changed":true}' }, history: [] };

      expect(await stores.transfers.take([changed, second])).toBe(1);
      expect(await stores.transfers.take([changed, second])).toBe(0);
      expect(await stores.transfers.ended(undefined, 10)).toEqual([first, second]);
    },
  },
  {
    name: 'takes all of some sagas or none',
    run: async (stores) => {
      const { now } = stores;
      const good = endedOrder(now, 'order-1');
      const bad = { ...endedOrder(now + 1, 'order-2') };
      const refused = { ...bad, instance: { ...bad.instance, businessKey: 'with \0' } };

      await expect(stores.transfers.take([good, refused])).rejects.toMatchObject({ code: 'STORE_REFUSED' });
      expect(await stores.transfers.ended(undefined, 10)).toEqual([]);
      expect(await stores.operators.history(good.instance.id)).toEqual([]);
    },
  },
  {
    name: 'gives a saga the key it holds, where nobody else has it',
    run: async (stores) => {
      const { now } = stores;
      const running = startedOrder(now + 9, 'taken');
      await committed(stores, { inserts: [running] });
      const sagas = [
        endedOrder(now, 'lasting'),
        endedOrder(now + 1, 'freed', false),
        endedOrder(now + 2, 'taken'),
      ];
      await stores.transfers.take(sagas);
      const lane = await stores.lanes.takeOver(home0, 'one');

      const starts = ['lasting', 'taken'].map((key) => startedOrder(now + 20, key));
      const result = await stores.lanes.commit([batchOf(lane, { inserts: starts })]);

      const winners = [sagas[0]!.instance.id, running.id];
      expect(result).toEqual({
        kind: 'duplicates',
        starts: starts.map(({ id }, index) => ({ saga: id, winner: winners[index] })),
      });
      const freed = startedOrder(now + 20, 'freed');
      expect(await stores.lanes.commit([batchOf(lane, { inserts: [freed] })])).toEqual({ kind: 'committed' });
    },
  },
];

/** A start of an order that ends at once. */
export function endedStart(
  now: Instant,
  businessKey: string,
  given: Parameters<typeof startedOrder>[2] = {},
) {
  return startedOrder(now, businessKey, { status: 'completed', finishedAt: now, ...given });
}

function endedOrder(at: Instant, businessKey: string, holdsKey = true): EndedSaga {
  const instance = { ...storedOrder(endedStart(at, businessKey, { revision: 3 })), finishedAt: at };
  const saga = instance.id;
  return {
    instance,
    holdsKey,
    history: [1, 3].map((revision) => ({
      saga,
      revision,
      at: at + revision,
      entries: `[{"no":${revision}}]`,
    })),
    incidents: [
      { saga, id: 'i-1', code: 'FAILED', message: 'away', openedAt: at, closedAt: at + 1 },
      {
        saga,
        id: 'i-2',
        block: 'charge',
        code: 'FAILED',
        message: 'away',
        openedAt: at + 1,
        closedAt: at + 2,
      },
    ],
    audits: [
      { request: `start ${saga}`, saga, at, action: 'start', by: 'ann', result: 'done', detail: '' },
      {
        request: `retry ${saga}`,
        saga,
        at: at + 2,
        action: 'retry',
        by: 'ben',
        reason: 'it is back',
        result: 'done',
        detail: 'participant-away',
      },
    ],
  };
}
