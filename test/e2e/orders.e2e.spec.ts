import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { eventHeaders, eventPartition, type InboundRecord } from '#libs/messaging';
import type { SagaOfOrder } from '../../apps/shop/src/ledger/compare-ledgers.js';
import { orderIdOf, orderOf, type Order } from '../../apps/shop/src/storefront/order.js';
import { orderPlaced } from '../../apps/shop/src/storefront/storefront.js';
import { eventually } from '../harness/deadline.js';
import { startFleet, type Fleet } from '../harness/fleet.js';
import { headerOf, openEar, type TopicEar } from '../harness/topic-ear.js';

const shopEvents = 'shop.events';

jest.setTimeout(60_000);

let fleet: Fleet;
let ear: TopicEar;

beforeAll(async () => {
  fleet = await startFleet({ name: 'orders', silenceMs: 10_000 });
  ear = await openEar(fleet.stack.kafkaBrokers, shopEvents);
}, 120_000);

afterAll(async () => {
  await ear?.stop();
  await fleet?.discard();
});

describe('a hundred orders of which some are refused', () => {
  const count = 100;
  let sagas: readonly SagaOfOrder[];

  beforeAll(async () => {
    await fleet.place({ mix: 'demo', count });
    sagas = await fleet.ended(count);
    await eventually('all ends to be told', () => told().length >= count);
    await ear.catchUp();
  }, 90_000);

  it('leave ledgers that agree to the cent and the unit', async () => {
    expect(await fleet.differences()).toEqual([]);
  });

  it('end by what the order asks for', async () => {
    const endings = await fleet.query<{ key: string; ending: string }>(
      `select business_key as key, status || coalesce(' ' || (state::json #>> '{failure,error}'), '') as ending from saga_instance`,
    );

    const expected = Array.from({ length: count }, (_, index) => endingOf(orderOf('demo', index + 1)));
    expect(tally(endings.map(({ ending }) => ending))).toEqual(tally(expected));
    expect(Object.fromEntries(endings.map(({ key, ending }) => [key, ending]))).toMatchObject({
      [orderIdOf('demo', 1)]: 'completed',
      [orderIdOf('demo', 3)]: 'compensated out-of-stock',
      [orderIdOf('demo', 7)]: 'compensated card-declined',
      [orderIdOf('demo', 9)]: 'compensated card-expired',
      [orderIdOf('demo', 10)]: 'compensated no-carrier',
    });
  });

  it('have one saga each', () => {
    const orders = Array.from({ length: count }, (_, index) => orderIdOf('demo', index + 1));

    expect(sagas.map((saga) => saga.businessKey).sort()).toEqual(orders);
  });

  it('are answered by one event each', () => {
    const outcomes = told().map((record) => `${String(record.key)} ${headerOf(record, 'ce_type')}`);
    const expected = sagas.map(
      ({ businessKey, status }) =>
        `${businessKey} shop.order.${status === 'completed' ? 'fulfilled' : 'rejected'}`,
    );
    expect(outcomes.sort()).toEqual(expected.sort());
  });

  it('are refunded before their pieces are released', async () => {
    // A row's transaction number says which of two rows of this database was written first.
    const undone = await fleet.query<{ order_id: string; refund: string; release: string }>(
      `select order_id, max(p.xmin::text::bigint) as refund, min(i.xmin::text::bigint) as release
         from payment.ledger p join inventory.ledger i using (order_id)
        where p.kind = 'refund' and i.kind = 'release' group by order_id`,
    );

    expect(undone).toHaveLength(10);
    for (const { refund, release } of undone) expect(Number(refund)).toBeLessThan(Number(release));
    const page = await fleet.api.sagaOf(orderIdOf('demo', 10));
    const texts = page!.timeline.map((line) => line.text);
    const refunded = texts.findIndex((text) => text.startsWith('undo of chargeCard succeeded'));
    const releasing = texts.findIndex((text) => text.startsWith('sent inventory.release'));
    expect(refunded).toBeGreaterThan(0);
    expect(releasing).toBeGreaterThan(refunded);
  });

  it('with nothing done have nothing to undo', async () => {
    const page = await fleet.api.sagaOf(orderIdOf('demo', 3));

    expect(page).toMatchObject({
      status: 'compensated',
      failure: { error: 'out-of-stock', step: 'reserveStock' },
    });
    expect(page!.timeline.filter((line) => line.kind === 'sent')).toHaveLength(1);
  });
});

describe('the event of an order that comes five times', () => {
  const order = orderOf('plain', 501);

  it('starts one saga and stays visible in its history', async () => {
    const record = placedRecord(order, 'five-times', fleet.clock.now());
    for (let copy = 0; copy < 5; copy += 1) await publish(record);
    await publish(placedRecord(order, 'another-id', fleet.clock.now()));

    const page = await eventually('the repeats to be in the history', async () => {
      const found = await fleet.api.sagaOf(order.orderId);
      return found?.status === 'completed' && starts(found).length === 6 && found;
    });

    expect(starts(page)).toEqual([
      'started by five-times',
      ...Array.from({ length: 4 }, () => 'start repeated by five-times; nothing to do'),
      'start repeated by another-id; nothing to do',
    ]);
    expect(await fleet.api.list(`key=${order.orderId}`)).toHaveLength(1);
    expect(await fleet.differences()).toEqual([]);
  });
});

describe('orders whose events are mixed up in one partition', () => {
  it('keep apart', async () => {
    const before = (await fleet.books.sagas()).length;
    const orders = [601, 610, 602].map((number) => orderOf('demo', number));
    const at = fleet.clock.now();
    for (let round = 0; round < 3; round += 1) {
      for (const order of orders) await publish(placedRecord(order, `round-${round}`, at), 0);
    }

    const sagas = await fleet.ended(before + orders.length);

    const endings = orders.map(({ orderId }) =>
      sagas.filter((saga) => saga.businessKey === orderId).map((saga) => saga.status),
    );
    expect(endings).toEqual([['completed'], ['compensated'], ['completed']]);
    expect(await fleet.differences()).toEqual([]);
  });
});

/** Events that say how orders ended. */
function told(): readonly InboundRecord[] {
  return ear.records.filter((record) => headerOf(record, 'ce_type') !== orderPlaced);
}

interface PlacedRecord {
  readonly key: string;
  readonly value: string;
  readonly headers: Readonly<Record<string, string>>;
}

function placedRecord(order: Order, id: string, at: number): PlacedRecord {
  const headers = eventHeaders({ id, source: '/spec', type: orderPlaced, at, hops: 0, trace: {} });
  return { key: order.orderId, value: JSON.stringify(order), headers };
}

async function publish(record: PlacedRecord, given?: number): Promise<void> {
  const partitions = (await fleet.sink.partitions(shopEvents))!;
  const part = given ?? eventPartition(record.key, partitions);
  const [outcome] = await fleet.sink.publish([{ topic: shopEvents, part, ...record }]);
  expect(outcome?.kind).toBe('acknowledged');
}

function starts(page: { readonly timeline: readonly { readonly text: string }[] }): readonly string[] {
  return page.timeline.map((line) => line.text).filter((text) => /^start(ed| repeated)/.test(text));
}

function endingOf({ lines, card, postcode }: Order): string {
  if (lines.some((line) => line.article === 'unicorn')) return 'compensated out-of-stock';
  if (card === 'declined') return 'compensated card-declined';
  if (card === 'expired') return 'compensated card-expired';
  return postcode.startsWith('00') ? 'compensated no-carrier' : 'completed';
}

function tally(values: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
