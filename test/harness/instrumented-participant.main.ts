import { get } from 'node:http';
import { Kafka } from 'kafkajs';
import type { PoolClient } from 'pg';
import { CommandHandlers, type CommandContext } from '#libs/participant';
import { databaseUrlOf, memoryOf, openPool } from '../../apps/shop/src/database.js';
import { runShopProcess, untilSignal } from '../../apps/shop/src/shop-process.js';

/**
 * A participant as somebody has it who uses automatic instrumentation: each command writes to the database, calls a
 * server (`SPEC_CALLED_URL`) and publishes by a Kafka client of its own. Start it with `--import` of the instrumentation.
 */
const audit = 'audit.events';
const schema = ['create schema if not exists cards', 'create table if not exists cards.charge (id text)'];
const kafka = new Kafka({ clientId: 'cards', brokers: (process.env['KAFKA_BROKERS'] ?? '').split(',') });

await runShopProcess('cards', async ({ shop, signal }) => {
  const pool = await openPool(shop, databaseUrlOf(process.env), 'cards', schema);
  await makeTopic();
  const producer = kafka.producer();
  await producer.connect();
  shop.onStop(() => producer.disconnect());
  const work = async (_: unknown, { operation, transaction }: CommandContext<PoolClient>) => {
    await transaction.query('insert into cards.charge (id) values ($1)', [operation]);
    await called(process.env['SPEC_CALLED_URL'] ?? '');
    await producer.send({ topic: audit, messages: [{ value: operation }] });
    return {};
  };
  const handlers = new CommandHandlers<PoolClient>()
    .command('cards.charge', work)
    .command('cards.refund', work);
  await shop.open('cards', handlers, memoryOf(shop, pool, 'cards'));
  await untilSignal(signal);
});

async function makeTopic(): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: audit }] });
  await admin.disconnect();
}

function called(url: string): Promise<void> {
  return new Promise((resolve, reject) => {
    get(url, (response) => response.resume().on('end', resolve)).on('error', reject);
  });
}
