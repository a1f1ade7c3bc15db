import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { KafkaCommandSink, KafkaEventSource, kafkaOptionsFromEnv } from '#libs/kafka';
import {
  CommandSink,
  commandTopic,
  NoLog,
  SystemClock,
  waitFor,
  type EventSource,
  type OutgoingRecord,
  type PublishOutcome,
} from '#libs/messaging';
import { NoParticipantTrace } from '#libs/participant';
import { openInventory } from '../../apps/shop/src/inventory/open-inventory.js';
import { compareLedgers, differenceText } from '../../apps/shop/src/ledger/compare-ledgers.js';
import { readLedgers } from '../../apps/shop/src/ledger/ledgers.js';
import { openPayment } from '../../apps/shop/src/payment/open-payment.js';
import { Sabotage } from '../../apps/shop/src/payment/sabotage.js';
import { openShipping } from '../../apps/shop/src/shipping/open-shipping.js';
import { Shop } from '../../apps/shop/src/shop.js';
import { createDatabase, dropDatabase } from '../../deploy/local/src/index.js';
import { OrderPlayer } from './participant-orders.js';

const clock = new SystemClock();
const server = process.env['DATABASE_URL'] ?? '';
const database = 'participant_kafka';
const home = 'test.home';
const participants = ['inventory', 'payment', 'shipping'] as const;

let databaseUrl: string;
let pool: pg.Pool;
/** Stands before every topic and group: they outlive a run of this file where the broker is kept. */
let run: string;
let sink: CommandSink;
let player: OrderPlayer;
/** Never started: only asked where partitions end and how far the participants are. */
const asking = new Map<string, EventSource>();
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const options = kafkaOptionsFromEnv(process.env, 'participant-kafka');
  run = `run-${clock.now()}`;
  databaseUrl = await createDatabase(server, database);
  pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  const admin = new Kafka({ brokers: [...options.brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  const topics = [
    ...participants.map((name) => ({ topic: `${run}.${commandTopic(name)}`, numPartitions: 3 })),
    { topic: `${run}.${home}`, numPartitions: 1 },
  ];
  await admin.createTopics({ topics, waitForLeaders: true });
  await admin.disconnect();
  sink = new SinkOfRun(new KafkaCommandSink(options, clock));
  await sink.start();
  player = new OrderPlayer(sink, home, 2);
  closing.push(() => sink.stop());
  await listen(sourceOf(home, 'player'));
  for (const name of participants) {
    const source = sourceOf(commandTopic(name), name);
    asking.set(name, source);
    closing.push(() => source.stop());
  }
}, 60_000);

afterAll(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await pool.end();
  await dropDatabase(server, database);
}, 60_000);

describe('the participants of the shop on a real broker', () => {
  it('do everything once while replicas come and go and every command comes twice', async () => {
    const first = await openShop();
    const playing = player.play('rough', 80);
    const second = await openShop();
    await first.stop();
    const third = await openShop();
    const sagas = await playing;
    await untilCommitted();
    await Promise.all([second.stop(), third.stop()]);

    expect(compareLedgers(sagas, await readLedgers(pool)).map(differenceText)).toEqual([]);
    expect(sagas.filter((saga) => saga.status === 'compensated').length).toBeGreaterThan(8);
  }, 120_000);

  it('go on where the ones before them stopped', async () => {
    const shop = await openShop();
    const sagas = await player.play('plain', 30);
    await untilCommitted();
    await shop.stop();

    expect(sagas.map((saga) => saga.status)).toEqual(sagas.map(() => 'completed'));
  }, 60_000);
});

/** Every partition of every participant is answered to its end, and the group knows it. */
async function untilCommitted(): Promise<void> {
  const partitions = participants.flatMap((name) =>
    [0, 1, 2].map((part) => ({ name, topic: `${run}.${commandTopic(name)}`, part })),
  );
  for (const { name, topic, part } of partitions) {
    await until(async () => {
      const source = asking.get(name)!;
      const [edges, hinted] = await Promise.all([
        source.edges({ topic, part }),
        source.hinted({ topic, part }),
      ]);
      return edges.end === (hinted ?? 0);
    }, `${topic}/${part} is committed to its end`);
  }
}

async function openShop(): Promise<Shop> {
  const signal = new AbortController().signal;
  const shop = new Shop({ clock, log: new NoLog(), trace: new NoParticipantTrace(), sink, sourceOf, signal });
  await openInventory(shop, databaseUrl);
  await openPayment(shop, databaseUrl, new Sabotage(false));
  await openShipping(shop, databaseUrl);
  closing.push(() => shop.stop());
  return shop;
}

function sourceOf(topic: string, group: string): EventSource {
  const options = kafkaOptionsFromEnv(process.env, group);
  return new KafkaEventSource(options, clock, { group: `${run}-${group}`, topics: [`${run}.${topic}`] });
}

async function listen(source: EventSource): Promise<void> {
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

async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  const giveUpAt = clock.elapsed() + 30_000;
  while (!(await condition())) {
    if (clock.elapsed() > giveUpAt) throw new Error(`waited 30 s in vain: ${what}`);
    await waitFor(clock, 50);
  }
}

/** Sends to the topics of this run. */
class SinkOfRun extends CommandSink {
  constructor(private readonly sink: CommandSink) {
    super();
  }

  override start(): Promise<void> {
    return this.sink.start();
  }

  override stop(): Promise<void> {
    return this.sink.stop();
  }

  override publish(records: readonly OutgoingRecord[]): Promise<readonly PublishOutcome[]> {
    return this.sink.publish(records.map((record) => ({ ...record, topic: `${run}.${record.topic}` })));
  }

  override partitions(topic: string): Promise<number | undefined> {
    return this.sink.partitions(`${run}.${topic}`);
  }

  override knownPartitions(topic: string): number | undefined {
    return this.sink.knownPartitions(`${run}.${topic}`);
  }
}
