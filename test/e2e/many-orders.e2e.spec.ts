import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { InboundRecord } from '#libs/messaging';
import { orderPlaced } from '../../apps/shop/src/storefront/storefront.js';
import { eventually } from '../harness/deadline.js';
import { startFleet, type Fleet } from '../harness/fleet.js';
import { headerOf, openEar, type TopicEar } from '../harness/topic-ear.js';

const count = 2_000;
const interrupted = 600;

jest.setTimeout(120_000);

let fleet: Fleet;
let ear: TopicEar;

beforeAll(async () => {
  fleet = await startFleet({ name: 'many-orders', coordinators: 2 });
  ear = await openEar(fleet.stack.kafkaBrokers, 'shop.events');
}, 120_000);

afterAll(async () => {
  await ear?.stop();
  await fleet?.discard();
});

describe('two thousand rough orders at two coordinators', () => {
  it('all end, and every ledger agrees', async () => {
    await fleet.place({ mix: 'rough', count });

    const sagas = await fleet.ended(count, 90_000);

    expect(sagas).toHaveLength(count);
    expect(new Set(sagas.map((saga) => saga.businessKey)).size).toBe(count);
    expect(await fleet.differences()).toEqual([]);
  });

  it('are shared by both coordinators', async () => {
    const lanes = await fleet.query<{ owner: string }>('select owner from saga_lane where topic = $1', [
      fleet.homeTopic,
    ]);

    expect(new Set(lanes.map(({ owner }) => owner.split('/')[0]))).toEqual(
      new Set(['coordinator-1', 'coordinator-2']),
    );
  });

  it('leave nothing parked and no incident', async () => {
    expect(await fleet.api.parked()).toEqual([]);
    expect(await fleet.api.get('/incidents')).toMatchObject({ body: { incidents: [] } });
  });

  it('are told of once each', async () => {
    await eventually('all ends to be told', () => told().length >= count);
    await ear.catchUp();

    expect(told()).toHaveLength(count);
    expect(new Set(told().map((record) => headerOf(record, 'ce_id'))).size).toBe(count);
  });
});

describe('coordinators asked to stop under load', () => {
  it('lose nothing, and end by themselves', async () => {
    const [first, second] = fleet.coordinators;
    const placing = fleet.place({ mix: 'demo', count: interrupted, perSecond: 200 });
    await started(count + 50);
    await first!.service.stop();
    await started(count + 200);
    await second!.service.stop();
    const ends = await Promise.all([first!.service.exited, second!.service.exited]);
    await first!.service.start();
    await placing;

    await fleet.ended(count + interrupted, 60_000);

    // 0: it drained and closed by itself; a signal would mean that patience with it had ended.
    expect(ends).toMatchObject([{ code: 0 }, { code: 0 }]);
    expect(await fleet.differences()).toEqual([]);
    const toldOf = () => new Set(told().map((record) => String(record.key))).size;
    await eventually('all ends to be told', () => toldOf() >= count + interrupted);
    await ear.catchUp();
    expect(toldOf()).toBe(count + interrupted);
  });

  it('leave an empty outbox', async () => {
    await eventually('acknowledged messages to be forgotten', async () => {
      const [row] = await fleet.query<{ unsent: string }>('select count(*) as unsent from saga_outbox');
      return Number(row!.unsent) === 0;
    });
  });
});

/** Events that say how orders ended. */
function told(): readonly InboundRecord[] {
  return ear.records.filter((record) => headerOf(record, 'ce_type') !== orderPlaced);
}

function started(sagas: number): Promise<unknown> {
  return eventually(
    `${sagas} sagas to have started`,
    async () => (await fleet.books.sagas()).length >= sagas,
  );
}
