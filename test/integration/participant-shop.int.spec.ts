import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { commandTopic, NoLog, SystemClock } from '#libs/messaging';
import { InMemoryBroker, InMemoryCommandSink, InMemoryEventSource } from '#libs/memory';
import { NoParticipantTrace } from '#libs/participant';
import { openInventory } from '../../apps/shop/src/inventory/open-inventory.js';
import {
  compareLedgers,
  differenceText,
  type SagaOfOrder,
} from '../../apps/shop/src/ledger/compare-ledgers.js';
import { readLedgers } from '../../apps/shop/src/ledger/ledgers.js';
import { openPayment } from '../../apps/shop/src/payment/open-payment.js';
import { Sabotage } from '../../apps/shop/src/payment/sabotage.js';
import { openShipping } from '../../apps/shop/src/shipping/open-shipping.js';
import { Shop } from '../../apps/shop/src/shop.js';
import { orderIdOf, orderOf } from '../../apps/shop/src/storefront/order.js';
import { createDatabase, dropDatabase } from '../../deploy/local/src/index.js';
import { OrderPlayer, sagaOf } from './participant-orders.js';

const clock = new SystemClock();
const server = process.env['DATABASE_URL'] ?? '';
const database = 'participant_shop';
const home = 'test.home';

let databaseUrl: string;
let pool: pg.Pool;
const closing: (() => Promise<void>)[] = [];

beforeEach(async () => {
  databaseUrl = await createDatabase(server, database);
  pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
});

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await pool.end();
  await dropDatabase(server, database);
});

describe('the shop', () => {
  it('leaves ledgers that agree with what was asked of it', async () => {
    const player = await openShop();

    const sagas = await player.play('demo', 60);

    expect(await differences(sagas)).toEqual([]);
    expect(new Set(sagas.map((saga) => saga.status))).toEqual(new Set(['completed', 'compensated']));
  });

  it('does nothing twice when every command comes three times', async () => {
    const player = await openShop({ repeats: 3 });

    const sagas = await player.play('rough', 60);

    expect(await differences(sagas)).toEqual([]);
  });

  it('is found out when a refund is not made', async () => {
    const player = await openShop({ sabotage: new Sabotage(true) });

    const sagas = await player.play('demo', 15);

    const orderId = orderIdOf('demo', 10);
    expect(await differences(sagas)).toEqual([
      `${orderId} (saga ${sagaOf(orderId)}): money: expected 0, found ${orderOf('demo', 10).total}`,
    ]);
  });

  it('is found out when an order is charged without a saga', async () => {
    const player = await openShop();

    const [first, ...others] = await player.play('plain', 3);

    expect(await differences(others)).toEqual([`${first!.businessKey}: status: expected a saga, found none`]);
  });
});

interface Opened {
  readonly sabotage?: Sabotage;
  readonly repeats?: number;
}

async function openShop({ sabotage = new Sabotage(false), repeats = 1 }: Opened = {}): Promise<OrderPlayer> {
  const broker = new InMemoryBroker(clock);
  for (const name of ['inventory', 'payment', 'shipping'])
    broker.createTopic(commandTopic(name), { partitions: 2 });
  broker.createTopic(home);
  const sink = new InMemoryCommandSink(broker);
  await sink.start();
  closing.push(() => sink.stop());
  const sourceOf = (topic: string, group: string): InMemoryEventSource =>
    new InMemoryEventSource(broker, { group, topics: [topic] });
  const signal = new AbortController().signal;
  const shop = new Shop({ clock, log: new NoLog(), trace: new NoParticipantTrace(), sink, sourceOf, signal });
  closing.push(() => shop.stop());
  await openInventory(shop, databaseUrl);
  await openPayment(shop, databaseUrl, sabotage);
  await openShipping(shop, databaseUrl);
  const player = new OrderPlayer(sink, home, repeats);
  await listen(sourceOf(home, 'test'), player);
  return player;
}

async function listen(source: InMemoryEventSource, player: OrderPlayer): Promise<void> {
  const ignore = (): void => undefined;
  closing.push(() => source.stop());
  await source.start({
    assigned: (partitions) => partitions.forEach((at) => source.resume(at)),
    revoked: ignore,
    batch: ({ records }) => records.forEach((record) => player.heard(record)),
    progress: ignore,
    fatal: ignore,
  });
}

async function differences(sagas: readonly SagaOfOrder[]): Promise<readonly string[]> {
  return compareLedgers(sagas, await readLedgers(pool)).map(differenceText);
}
