import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { connect } from 'node:tls';
import pg from 'pg';
import { KafkaCommandSink } from '#libs/kafka';
import { SystemClock } from '#libs/messaging';
import { startOtlpSink, type OtlpSink } from '#libs/testing';
import { SagasInDatabase } from '../../apps/shop/src/demo/sagas-in-database.js';
import { placeOrders } from '../../apps/shop/src/storefront/storefront.js';
import {
  runBrokerTool,
  startLocalStack,
  startProxy,
  startService,
  type Address,
  type LocalStack,
  type Proxy,
  type ServiceProcess,
} from '../../deploy/local/src/index.js';
import { makeCertificates, signCertificate } from '../harness/certificates.js';
import { startCoordinator, testSecret, type CoordinatorProcess } from '../harness/coordinator-process.js';
import { eventually } from '../harness/deadline.js';
import { leaksIn } from '../harness/leaks.js';
import { securedPostgres, type SecuredPostgres } from '../harness/secured-postgres.js';

jest.setTimeout(180_000);

const clock = new SystemClock();
const orders = 200;

let secured: SecuredPostgres;
let stack: LocalStack;
let admin: pg.Client;
let coordinator: CoordinatorProcess;
let traces: OtlpSink;
/** By which the coordinator reaches the broker that wants certificates. */
let link: Proxy;
let beyondLink: Address;
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
    brokerListeners: [
      { name: 'LOGIN', protocol: 'SASL_SSL' },
      {
        name: 'MUTUAL',
        protocol: 'SSL',
        advertise: async (target) => {
          beyondLink = target;
          link = await startProxy({ target });
          return link.address;
        },
      },
    ],
    scramUsers: [{ mechanism: 'SCRAM-SHA-512', name: 'skald', password: passwords.first }],
    brokerProperties: {
      'ssl.keystore.type': 'PEM',
      'ssl.keystore.location': keystore,
      'listener.name.mutual.ssl.client.auth': 'required',
      'listener.name.mutual.ssl.truststore.type': 'PEM',
      'listener.name.mutual.ssl.truststore.location': secured.certificates.caFile,
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
  coordinator = await coordinatorAt('LOGIN', {
    KAFKA_SASL_MECHANISM: 'scram-sha-512',
    KAFKA_SASL_USERNAME: 'skald',
    KAFKA_SASL_PASSWORD_FILE: fileOf('kafka-password'),
    SKALD_LOG_LEVEL: 'debug',
    ...traces.env,
  });
  for (const name of ['inventory', 'payment', 'shipping']) participants.push(await participant(name));
}, 120_000);

afterAll(async () => {
  await Promise.all([coordinator?.service, ...participants].map((service) => service?.stop()));
  await traces?.stop();
  await admin?.end();
  await stack?.discard();
  await link?.stop();
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

/** A coordinator that reaches the broker by a listener, and the database by what is in the file at that time. */
function coordinatorAt(
  listener: 'LOGIN' | 'MUTUAL',
  env: Readonly<Record<string, string>>,
): Promise<CoordinatorProcess> {
  return startCoordinator({
    name: `coordinator-${listener.toLowerCase()}`,
    stack,
    definitions: 'apps/shop/definitions',
    env: {
      DATABASE_URL: '',
      DATABASE_URL_FILE: fileOf('database-url'),
      DATABASE_SSL_CA: secured.certificates.caFile,
      KAFKA_BROKERS: brokerAt(listener),
      KAFKA_SSL_CA: secured.certificates.caFile,
      ...env,
    },
  });
}

function brokerAt(listener: string): string {
  return stack.brokers[0]!.listeners[listener]!.replace('localhost', '127.0.0.1');
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

/** Certificates of this client by both authorities, each in a folder as whoever mounts secrets makes it. */
async function mountCertificates(): Promise<{ readonly secondCa: string }> {
  const second = await makeCertificates(fileOf('second-authority'));
  const authorities = {
    first: path.dirname(secured.certificates.caFile),
    second: path.dirname(second.caFile),
  };
  for (const [version, authority] of Object.entries(authorities)) {
    const { certificate, key } = await signCertificate(authority, 'client', 'skald');
    await mkdir(fileOf(`mounted/${version}`), { recursive: true });
    await writeFile(fileOf(`mounted/${version}/tls.crt`), certificate);
    await writeFile(fileOf(`mounted/${version}/tls.key`), key);
  }
  await writeFile(fileOf('both.pem'), secured.certificates.ca + second.ca);
  return { secondCa: second.caFile };
}

/** From now on the mounted files are these: all of them in one moment. */
async function mount(version: 'first' | 'second'): Promise<void> {
  await symlink(version, fileOf('mounted/next'));
  await rename(fileOf('mounted/next'), fileOf('mounted/now'));
}

/** The broker, which goes on running, lets in whom the authorities in this file vouch for, and all have to knock again. */
async function trustOnly(authorities: string, applied: () => Promise<boolean>): Promise<void> {
  await runBrokerTool(
    'kafka.admin.ConfigCommand',
    ...['--bootstrap-server', stack.kafkaBrokers[0]!, '--alter', '--entity-type', 'brokers'],
    ...['--entity-name', '1'],
    ...['--add-config', `listener.name.mutual.ssl.truststore.location=${authorities}`],
  );
  await eventually('the broker to do as it is told', applied);
  link.cut();
  link.heal();
}

/** Whether the broker lets somebody in who shows the files of this version. */
async function isLetIn(version: 'first' | 'second'): Promise<boolean> {
  const [cert, key] = await Promise.all(
    ['tls.crt', 'tls.key'].map((file) => readFile(fileOf(`mounted/${version}/${file}`), 'utf8')),
  );
  // In version 1.3 who is turned away hears of it only after the handshake.
  const how = { ca: secured.certificates.ca, cert: cert!, key: key!, maxVersion: 'TLSv1.2' } as const;
  return new Promise((resolve) => {
    const socket = connect({ ...beyondLink, ...how });
    let isIn = false;
    socket.on('error', () => undefined).once('close', () => resolve(isIn));
    socket.once('secureConnect', () => {
      isIn = true;
      socket.destroy();
    });
  });
}

/** Lets orders flow, calls `meanwhile` when they do, and waits until every one of them has ended. */
async function whileOrdersRun(
  { first, count }: { readonly first: number; readonly count: number },
  meanwhile: () => Promise<void>,
): Promise<void> {
  const sink = new KafkaCommandSink({ brokers: stack.kafkaBrokers, clientId: 'spec' }, clock);
  const books = new SagasInDatabase(stack.databaseUrl);
  await sink.start();
  try {
    const plan = { mix: 'bench', first, count, perSecond: 20 } as const;
    const before = (await books.counts()).completed;
    const placing = placeOrders(sink, clock, plan, AbortSignal.timeout(100_000));
    await eventually('orders to run', async () => (await books.counts()).completed > before + 10);

    await meanwhile();
    await placing;

    const all = first - 1 + count;
    await eventually(
      'all orders to end',
      async () => {
        const { completed, compensated } = await books.counts();
        return completed === all * 0.9 && compensated === all * 0.1;
      },
      60_000,
    );
  } finally {
    await books.close();
    await sink.stop();
  }
}

describe('secrets that are exchanged while orders run', () => {
  it('are taken up without a restart, and nothing is lost', async () => {
    await whileOrdersRun({ first: 1, count: orders }, async () => {
      expect(await rotateDatabase()).toBeGreaterThan(0);
      await rotateBroker();
    });

    await assertHealthy();
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
    expect(leaksIn(told, [...Object.values(passwords), testSecret])).toEqual([]);
  });
});

describe('certificates that are exchanged while orders run', () => {
  let secondCa: string;

  beforeAll(async () => {
    await coordinator.service.stop();
    ({ secondCa } = await mountCertificates());
    await mount('first');
    coordinator = await coordinatorAt('MUTUAL', {
      KAFKA_SSL_CERT: fileOf('mounted/now/tls.crt'),
      KAFKA_SSL_KEY: fileOf('mounted/now/tls.key'),
    });
  }, 60_000);

  it('are taken up without a restart, and nothing is lost', async () => {
    await whileOrdersRun({ first: orders + 1, count: 2 * orders }, async () => {
      await trustOnly(fileOf('both.pem'), () => isLetIn('second'));
      await mount('second');
      await trustOnly(secondCa, async () => !(await isLetIn('first')));
    });

    await assertHealthy();
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
