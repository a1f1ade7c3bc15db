import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import {
  commandHeaders,
  commandId,
  commandTopic,
  deriveSagaId,
  header,
  NoLog,
  SystemClock,
  waitFor,
  type Command,
  type JsonObject,
} from '#libs/messaging';
import { InMemoryBroker, InMemoryCommandSink, InMemoryEventSource } from '#libs/memory';
import { NoParticipantTrace } from '#libs/participant';
import { openInventory } from '../../apps/shop/src/inventory/open-inventory.js';
import { compareLedgers, differenceText, type SagaOfOrder } from '../../apps/shop/src/ledger/compare-ledgers.js';
import { readLedgers } from '../../apps/shop/src/ledger/ledgers.js';
import { openPayment } from '../../apps/shop/src/payment/open-payment.js';
import { Sabotage } from '../../apps/shop/src/payment/sabotage.js';
import { openShipping } from '../../apps/shop/src/shipping/open-shipping.js';
import { Shop } from '../../apps/shop/src/shop.js';
import { orderIdOf, orderOf, type Order, type OrderMix } from '../../apps/shop/src/storefront/order.js';
import { createDatabase, dropDatabase } from '../../deploy/local/src/index.js';

const clock = new SystemClock();
const server = process.env['DATABASE_URL'] ?? '';
const database = 'participant_shop';
const home = 'test.home';

let databaseUrl: string;
let pool: pg.Pool;
let broker: InMemoryBroker;
let sink: InMemoryCommandSink;
let shop: Shop;

beforeEach(async () => {
  databaseUrl = await createDatabase(server, database);
  pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
});

afterEach(async () => {
  await shop.stop();
  await sink.stop();
  await pool.end();
  await dropDatabase(server, database);
});

describe('the shop', () => {
  it('leaves ledgers that agree with what was asked of it', async () => {
    await openShop(new Sabotage(false));

    const sagas = await play('demo', 60);

    expect(await differences(sagas)).toEqual([]);
    expect(new Set(sagas.map((saga) => saga.status))).toEqual(new Set(['completed', 'compensated']));
  });

  it('does nothing twice when every command comes three times', async () => {
    await openShop(new Sabotage(false));

    const sagas = await play('rough', 60, 3);

    expect(await differences(sagas)).toEqual([]);
  });

  it('is found out when a refund is not made', async () => {
    await openShop(new Sabotage(true));

    const sagas = await play('demo', 15);

    const found = await differences(sagas);
    expect(found).toEqual([
      `${orderIdOf('demo', 10)} (saga ${sagaOf(orderIdOf('demo', 10))}): money: expected 0, found ${orderOf('demo', 10).total}`,
    ]);
  });

  it('is found out when an order is charged without a saga', async () => {
    await openShop(new Sabotage(false));

    const [first, ...others] = await play('plain', 3);

    expect(await differences(others)).toEqual([`${first!.businessKey}: status: expected a saga, found none`]);
  });
});

async function openShop(sabotage: Sabotage): Promise<void> {
  broker = new InMemoryBroker(clock);
  for (const name of ['inventory', 'payment', 'shipping']) broker.createTopic(commandTopic(name), { partitions: 2 });
  broker.createTopic(home, { partitions: 1 });
  sink = new InMemoryCommandSink(broker);
  await sink.start();
  shop = new Shop({
    clock,
    log: new NoLog(),
    trace: new NoParticipantTrace(),
    sink,
    sourceOf: (topic, group) => new InMemoryEventSource(broker, { group, topics: [topic] }),
    signal: new AbortController().signal,
  });
  await openInventory(shop, databaseUrl);
  await openPayment(shop, databaseUrl, sabotage);
  await openShipping(shop, databaseUrl);
}

async function differences(sagas: readonly SagaOfOrder[]): Promise<readonly string[]> {
  return compareLedgers(sagas, await readLedgers(pool)).map(differenceText);
}

/** What a coordinator does, in a few lines and all orders at once: three steps, and undoing what was done. */
function play(mix: OrderMix, count: number, repeats = 1): Promise<readonly SagaOfOrder[]> {
  const replies = new Replies();
  return Promise.all(
    Array.from({ length: count }, (_, index) => playOrder(replies, orderOf(mix, index + 1), repeats)),
  );
}

async function playOrder(replies: Replies, order: Order, repeats: number): Promise<SagaOfOrder> {
  const saga = sagaOf(order.orderId);
  const done: { readonly undo: string; readonly operation: string }[] = [];
  const steps = [
    { call: 'inventory.reserve', undo: 'inventory.release' },
    { call: 'payment.charge', undo: 'payment.refund' },
    { call: 'shipping.arrange', undo: '' },
  ];
  for (const { call, undo } of steps) {
    const operation = `${saga}/${call}`;
    if ((await replies.settled(saga, order, { type: call, operation }, repeats)) === 'succeeded') {
      done.unshift({ undo, operation });
      continue;
    }
    for (const entry of done) {
      const command = { type: entry.undo, operation: `${entry.operation}/undo`, compensates: entry.operation };
      expect(await replies.settled(saga, order, command, repeats)).toBe('succeeded');
    }
    return { id: saga, businessKey: order.orderId, status: 'compensated' };
  }
  return { id: saga, businessKey: order.orderId, status: 'completed' };
}

type Asked = Pick<Command, 'type' | 'operation'> & { readonly compensates?: string };

/** Reads the home topic and knows the last outcome of each operation. */
class Replies {
  private position = 0;
  private readonly outcomes = new Map<string, { readonly outcome: string; readonly attempt: number }>();

  /** Sends until a command is settled: a new attempt after a failure, the same message again after silence. */
  async settled(saga: string, order: Order, asked: Asked, repeats: number): Promise<string> {
    for (let attempt = 1; ; ) {
      for (let n = 0; n < repeats; n += 1) await send(saga, order, asked, attempt);
      const outcome = await this.within(800, asked.operation, attempt);
      if (outcome === 'succeeded' || outcome === 'rejected') return outcome;
      if (outcome === 'failed') attempt += 1;
      if (attempt > 9) throw new Error(`${asked.operation} failed nine times`);
    }
  }

  private async within(silenceMs: number, operation: string, attempt: number): Promise<string> {
    const giveUpAt = clock.elapsed() + silenceMs;
    while (clock.elapsed() < giveUpAt) {
      this.read();
      const found = this.outcomes.get(operation);
      const counts = found?.outcome !== 'failed' || found.attempt === attempt;
      if (found !== undefined && found.outcome !== 'accepted' && counts) return found.outcome;
      await waitFor(clock, 2);
    }
    return 'silence';
  }

  private read(): void {
    const slice = broker.log({ topic: home, part: 0 })!.read(this.position, 10_000);
    this.position = slice.next;
    for (const { headers } of slice.records) {
      const text = (name: string): string => headers[name]?.toString() ?? '';
      const attempt = Number(text(header.causation).split('.').at(-1));
      this.outcomes.set(text(header.operation), { outcome: text(header.outcome), attempt });
    }
  }
}

async function send(saga: string, order: Order, asked: Asked, attempt: number): Promise<void> {
  const headers = commandHeaders(
    {
      ...asked,
      id: commandId(asked.operation, attempt),
      source: '/skald/test',
      at: clock.now(),
      saga,
      attempt,
      sagaType: 'order-fulfilment',
      step: asked.type,
      revision: 1,
      replyTo: home,
      replyPartition: 0,
      hops: 0,
      trace: {},
    },
    order.orderId,
  );
  const value = JSON.stringify(order satisfies Order as unknown as JsonObject);
  // Any partition: a participant may not depend on which one a command comes by.
  const part = (attempt + asked.operation.length) % 2;
  await sink.publish([{ topic: commandTopic(asked.type), part, key: saga, value, headers }]);
}

function sagaOf(orderId: string): string {
  return deriveSagaId({
    installation: 'test',
    definition: 'order-fulfilment',
    businessKey: orderId,
    source: '/shop/storefront',
    eventId: orderId,
    at: today,
  });
}

const today = clock.now();
