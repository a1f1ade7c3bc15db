import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { KafkaCommandSink } from '#libs/kafka';
import { SystemClock } from '#libs/messaging';
import { startOtlpSink, type OtlpSink } from '#libs/testing';
import { SagasInDatabase } from '../../apps/shop/src/demo/sagas-in-database.js';
import { placeOrders } from '../../apps/shop/src/storefront/storefront.js';
import {
  runBrokerTool,
  startLocalStack,
  startService,
  type LocalStack,
  type ServiceProcess,
} from '../../deploy/local/src/index.js';
import { startCoordinator, testSecret, type CoordinatorProcess } from '../harness/coordinator-process.js';
import { eventually } from '../harness/deadline.js';
import { securedPostgres, type SecuredPostgres } from '../harness/secured-postgres.js';

jest.setTimeout(120_000);

const clock = new SystemClock();
const orders = 200;

let secured: SecuredPostgres;
let stack: LocalStack;
let admin: pg.Client;
let coordinator: CoordinatorProcess;
let traces: OtlpSink;
const participants: ServiceProcess[] = [];

beforeAll(async () => {
  secured = await securedPostgres();
  traces = await startOtlpSink();
  const keystore = path.join(secured.folder, 'keystore.pem');
  await writeFile(keystore, secured.certificates.key + secured.certificates.certificate);
  const login = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';
  stack = await startLocalStack({
    dataFolder: path.join(secured.folder, 'stack'),
    ownProcesses: true,
    postgresSettings: secured.postgresSettings,
    brokerListeners: [{ name: 'LOGIN', protocol: 'SASL_SSL' }],
    scramUsers: [{ mechanism: 'SCRAM-SHA-512', name: 'skald', password: passwords.first }],
    brokerProperties: {
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': keystore,
      'listener.name.login.sasl.enabled.mechanisms': 'SCRAM-SHA-512',
      'listener.name.login.scram-sha-512.sasl.jaas.config': login,
      // Whoever is connected proves again who it is, ten seconds before this is over: no connection lives on by the old one.
      'listener.name.login.connections.max.reauth.ms': '12000',
    },
  });
  admin = new pg.Client({ connectionString: stack.databaseUrl });
  await admin.connect();
  await admin.query(`create role skald login password '${passwords.first}'`);
  await admin.query('grant create on database skald to skald');
  await admin.query('grant create on schema public to skald');
  await put('database-url', urlWith(passwords.first));
  await put('kafka-password', passwords.first);
  coordinator = await startCoordinator({
    name: 'coordinator',
    stack,
    definitions: 'apps/shop/definitions',
    env: {
      DATABASE_URL: '',
      DATABASE_URL_FILE: fileOf('database-url'),
      DATABASE_SSL_CA: secured.certificates.caFile,
      KAFKA_BROKERS: stack.brokers[0]!.listeners['LOGIN']!.replace('localhost', '127.0.0.1'),
      KAFKA_SSL_CA: secured.certificates.caFile,
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_SASL_USERNAME: 'skald',
      KAFKA_SASL_PASSWORD_FILE: fileOf('kafka-password'),
      SKALD_LOG_LEVEL: 'debug',
      ...traces.env,
    },
  });
  for (const name of ['inventory', 'payment', 'shipping']) participants.push(await participant(name));
}, 120_000);

afterAll(async () => {
  await Promise.all([coordinator?.service, ...participants].map((service) => service?.stop()));
  await traces?.stop();
  await admin?.end();
  await stack?.discard();
  if (secured !== undefined) await rm(secured.folder, { recursive: true });
}, 60_000);

const passwords = { first: 'not-a-secret-of-anybody', second: 'nor-is-this-one' } as const;

function fileOf(name: string): string {
  return path.join(secured.folder, name);
}

/** Exchanges a file as a whole, as whoever mounts secrets does. */
async function put(name: string, text: string): Promise<void> {
  await writeFile(`${fileOf(name)}.new`, text);
  await rename(`${fileOf(name)}.new`, fileOf(name));
}

function urlWith(password: string): string {
  const { host, pathname } = new URL(stack.databaseUrl);
  return `postgres://skald:${password}@${host}${pathname}`;
}

function participant(name: string): Promise<ServiceProcess> {
  return startService({
    name,
    script: `dist/apps/shop/src/${name}.main.js`,
    stack,
    env: { DATABASE_URL: stack.databaseUrl, KAFKA_BROKERS: stack.kafkaBrokers.join() },
    ready: { line: /the participant is ready/ },
  });
}

/** The server's password first, then the one we are told, then nobody is connected by the old one any more. */
async function rotateDatabase(): Promise<number> {
  await admin.query(`alter role skald password '${passwords.second}'`);
  await put('database-url', urlWith(passwords.second));
  const { rowCount } = await admin.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'skald'",
  );
  return rowCount ?? 0;
}

async function rotateBroker(): Promise<void> {
  await runBrokerTool(
    'kafka.admin.ConfigCommand',
    ...['--bootstrap-server', stack.kafkaBrokers[0]!, '--alter', '--entity-type', 'users'],
    ...['--entity-name', 'skald', '--add-config', `SCRAM-SHA-512=[password=${passwords.second}]`],
  );
  await put('kafka-password', passwords.second);
}

describe('secrets that are exchanged while orders run', () => {
  it('are taken up without a restart, and nothing is lost', async () => {
    const sink = new KafkaCommandSink({ brokers: stack.kafkaBrokers, clientId: 'spec' }, clock);
    const books = new SagasInDatabase(stack.databaseUrl);
    await sink.start();
    try {
      const plan = { mix: 'bench', first: 1, count: orders, perSecond: 20 } as const;
      const placing = placeOrders(sink, clock, plan, AbortSignal.timeout(100_000));
      await eventually('orders to run', async () => (await books.counts()).completed > 10);

      expect(await rotateDatabase()).toBeGreaterThan(0);
      await rotateBroker();
      await placing;

      await eventually(
        'all orders to end',
        async () => {
          const { completed, compensated } = await books.counts();
          return completed === orders * 0.9 && compensated === orders * 0.1;
        },
        60_000,
      );
      await assertHealthy();
    } finally {
      await books.close();
      await sink.stop();
    }
  });

  it('are told nobody: not in the log at its most talkative, not in traces, not in metrics', async () => {
    await eventually('the trace of an order', () =>
      traces.spans.some(({ name }) => name.endsWith('completed')),
    );
    const told = {
      log: await logOf(coordinator.service),
      traces: JSON.stringify(traces.spans),
      metrics: await metricsOf(coordinator),
    };

    expect(told.log).toMatch(/"level":"debug"/);
    expect(told.metrics).toContain('saga_finished');
    for (const secret of [...Object.values(passwords), testSecret])
      for (const [where, text] of Object.entries(told))
        expect([where, text.includes(secret)]).toEqual([where, false]);
  });
});

async function metricsOf({ api }: CoordinatorProcess): Promise<string> {
  return (await fetch(`${api.url}/metrics`)).text();
}

/** Still the same process, with nothing that needs a person, and nothing in its log but what can be mended. */
async function assertHealthy(): Promise<void> {
  expect(coordinator.service.isRunning()).toBe(true);
  expect(await coordinator.api.list('incident=true')).toEqual([]);
  expect(await coordinator.api.parked()).toEqual([]);
  const lines = (await logOf(coordinator.service))
    .split('\n')
    .filter((line) => line.includes('"level":"error"'));
  expect(lines).toEqual([]);
}

function logOf({ logFile }: ServiceProcess): Promise<string> {
  return readFile(logFile, 'utf8');
}
