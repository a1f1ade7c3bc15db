import { expect } from '@jest/globals';
import { defineContract } from './contract.js';
import { endedStart, transferImportCases } from './transfer-import-cases.js';
import { committed, startedOrder, storedOrder, type StoreSet } from './store-set.js';

/** What every TransferStore promises. */
export const transferStoreContract = defineContract<StoreSet>('TransferStore', [
  {
    name: 'tells who published what, and in which publication',
    run: async ({ definitions, transfers }) => {
      const contract = { kind: 'participant', name: 'inventory', version: 0, file: 'a.yaml', text: 'older' };
      const order = { kind: 'saga', name: 'order', version: 1, file: 'a.yaml', text: 'saga: order' };
      await definitions.publish([order, contract], [{ path: 'order.json', text: '{}' }], 'ann');
      await definitions.publish([{ ...contract, text: 'newer' }], [], 'ben');

      const { documents, files } = await transfers.published();

      const publishedAt = expect.any(Number);
      const first = { publishedAt, revision: documents[0]?.revision, publishedBy: 'ann' };
      const second = { publishedAt, revision: documents[2]?.revision, publishedBy: 'ben' };
      expect(documents).toEqual([
        { ...contract, ...first },
        { ...order, ...first },
        { ...contract, text: 'newer', ...second },
      ]);
      expect(files).toEqual([{ path: 'order.json', text: '{}', ...first }]);
      expect(documents[2]!.revision).toBeGreaterThan(documents[0]!.revision);
    },
  },
  {
    name: 'gives sagas that are over with all that is kept of them',
    run: async (stores) => {
      const { now } = stores;
      const [whole, plain] = [endedStart(now, 'whole'), endedStart(now, 'plain', { reusableKey: true })];
      const saga = whole.id;
      const history = [{ saga, revision: 1, at: now, entries: '[{"kind":"started"}]' }];
      const audit = { request: 'r-1', saga, at: now, action: 'retry', by: 'ann', reason: 'it was away' };
      const audits = [{ ...audit, result: 'done', detail: '' } as const];
      const incident = { saga, id: 'i-1', block: 'charge', code: 'FAILED', message: 'away' };
      const incidents = [
        { ...incident, open: true, at: now },
        { ...incident, open: false, at: now + 1 },
      ];
      await committed(stores, { inserts: [whole, plain], history, audits, incidents });

      const [one, other] = byId(whole, plain);
      const ended = await stores.transfers.ended(undefined, 10);

      expect(ended.map(({ instance }) => instance)).toEqual([storedOrder(one!), storedOrder(other!)]);
      expect(ended.find(({ instance }) => instance.id === saga)).toEqual({
        instance: storedOrder(whole),
        holdsKey: true,
        history,
        incidents: [{ ...incident, openedAt: now, closedAt: now + 1 }],
        audits,
      });
      expect(ended.find(({ instance }) => instance.id === plain.id)).toMatchObject({
        holdsKey: false,
        history: [],
      });
    },
  },
  {
    name: 'gives them archived or not, page by page',
    run: async (stores) => {
      const { now } = stores;
      const orders = [1, 2, 3, 4].map((no) => endedStart(now + no, `order-${no}`));
      const early = orders.slice(0, 2).map((each) => ({ ...each, finishedAt: now - 1 }));
      await committed(stores, { inserts: [...early, ...orders.slice(2)] });
      await stores.housekeeping.archive(now, 10);

      const first = await stores.transfers.ended(undefined, 3);
      const second = await stores.transfers.ended(first.at(-1)!.instance.id, 3);

      expect([...first, ...second].map(({ instance }) => instance.id)).toEqual(orders.map(({ id }) => id));
      expect(second).toHaveLength(1);
    },
  },
  {
    name: 'counts what has not ended or waits for a person',
    run: async (stores) => {
      const { now } = stores;
      const inserts = [
        endedStart(now, 'over'),
        endedStart(now, 'incident', { incident: true }),
        endedStart(now, 'held', { held: true }),
        startedOrder(now, 'running'),
      ];
      await committed(stores, { inserts });

      expect(await stores.transfers.countUnended()).toBe(3);
      expect(await stores.transfers.ended(undefined, 10)).toHaveLength(1);
    },
  },
  ...transferImportCases,
]);

function byId(...orders: readonly ReturnType<typeof endedStart>[]) {
  return orders.toSorted((one, other) => (one.id < other.id ? -1 : 1));
}
