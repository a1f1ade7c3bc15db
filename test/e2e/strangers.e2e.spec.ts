import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { homeOf } from '#libs/messaging';
import { startService, type ServiceProcess } from '../../deploy/local/src/index.js';
import { eventually } from '../harness/deadline.js';
import { startFleet, type Fleet } from '../harness/fleet.js';
import { headerOf, openEar, type TopicEar } from '../harness/topic-ear.js';
import { pythonWithKafka, runPython } from './strangers/python-environment.js';

const paymentProgram = 'test/e2e/strangers/payment.py';
const half = 150;

jest.setTimeout(90_000);

let fleet: Fleet;
let home: TopicEar;
let python: string;
let payment: ServiceProcess;
let shipping: ServiceProcess;

beforeAll(async () => {
  python = await pythonWithKafka();
  fleet = await startFleet({ name: 'strangers', participants: ['inventory'] });
  home = await openEar(fleet.stack.kafkaBrokers, fleet.homeTopic);
  [payment, shipping] = await Promise.all([
    startStranger('payment', 'test/e2e/strangers/run-python.mjs', [python, paymentProgram]),
    startStranger('shipping', 'test/e2e/strangers/shipping.mjs', []),
  ]);
}, 240_000);

afterAll(async () => {
  await Promise.all([payment?.stop(), shipping?.stop()]);
  await home?.stop();
  await fleet?.discard();
});

describe('a payment service in Python and a shipping service on kafkajs, without the kit', () => {
  it('take part in orders of all kinds', async () => {
    await fleet.place({ mix: 'rough', count: half });

    const sagas = await fleet.ended(half, 60_000);

    expect(await differences()).toEqual([]);
    expect(new Set(sagas.map((saga) => saga.status))).toEqual(new Set(['completed', 'compensated']));
    await home.catchUp();
    expect(misplacedReplies()).toHaveLength(0);
  });

  it('may choose another partition for their answers, and be killed', async () => {
    await payment.stop();
    await payment.start({ PARTITIONS: 'own' });
    const placing = fleet.place({ mix: 'rough', first: half + 1, count: half, perSecond: 100 });
    await eventually('orders to be on their way', async () => (await fleet.books.sagas()).length > half + 30);
    await Promise.all([payment.kill('SIGKILL'), shipping.kill('SIGKILL')]);
    await Promise.all([payment.start({ PARTITIONS: 'own' }), shipping.start()]);
    await placing;

    await fleet.ended(2 * half, 60_000);

    expect(await differences()).toEqual([]);
    await home.catchUp();
    expect(misplacedReplies().length).toBeGreaterThan(half / 4);
  });

  it('were given one record in twenty twice', () => {
    for (const { logFile } of [payment, shipping]) {
      const repeats = readFileSync(logFile, 'utf8').match(/worked on once more/g) ?? [];
      expect(repeats.length).toBeGreaterThan(5);
    }
  });

  it('leave nothing parked and no incident', async () => {
    expect(await fleet.api.parked()).toEqual([]);
    expect(await fleet.api.get('/incidents')).toMatchObject({ body: { incidents: [] } });
  });
});

function startStranger(name: string, script: string, args: readonly string[]): Promise<ServiceProcess> {
  const env = {
    ...fleet.env,
    MEMORY_FILE: memoryFile(),
    REDELIVER: '0.05',
    SEED: '20261121',
    PYTHONUNBUFFERED: '1',
  };
  return startService({
    name,
    script,
    args,
    stack: fleet.stack,
    env,
    ready: { line: /the stranger is ready/ },
  });
}

function memoryFile(): string {
  return path.join(fleet.stack.dataFolder, 'payment.sqlite');
}

/** Answers that lie in another partition than their saga's home. */
function misplacedReplies(): readonly string[] {
  return home.records
    .filter((record) => headerOf(record, 'ce_source') === '/participants/payment')
    .filter((record) => homeOf(String(record.key), fleet.homePartitions) !== record.part)
    .map((record) => headerOf(record, 'ce_id'));
}

/** Copies the stranger's ledger to where ledgers are compared, and compares. */
async function differences(): Promise<readonly string[]> {
  const lines = await runPython(python, [paymentProgram, 'ledger'], { MEMORY_FILE: memoryFile() });
  await fleet.query('create schema if not exists payment');
  await fleet.query('drop table if exists payment.ledger, payment.card');
  await fleet.query(
    `create table payment.ledger as
       select order_id, operation, kind, card, amount from json_to_recordset($1)
         as row (order_id text, operation text, kind text, card text, amount bigint)`,
    [`[${lines.trim().split('\n').join()}]`],
  );
  await fleet.query(
    `create table payment.card as
       select card, sum(case kind when 'charge' then amount else -amount end) as spent from payment.ledger group by card`,
  );
  return fleet.differences();
}
