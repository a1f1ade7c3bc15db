import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  KafkaCommandSink,
  KafkaEventSource,
  kafkaOptionsFromEnv,
  KafkaTopicAdmin,
  type KafkaOptions,
} from '#libs/kafka';
import { SystemClock } from '#libs/messaging';
import { Kafka, logLevel, type Admin, type SASLOptions } from 'kafkajs';
import { placeOrders } from '../../apps/shop/src/storefront/storefront.js';
import {
  freePorts,
  startLocalStack,
  startService,
  type LocalStack,
  type ServiceProcess,
} from '../../deploy/local/src/index.js';
import {
  AccessControl,
  accessControlled,
  rulesIn,
  usersPassword,
  type AccessRule,
} from '../harness/access-control.js';
import { CoordinatorApi } from '../harness/coordinator-api.js';
import { testSecret } from '../harness/coordinator-process.js';
import { eventually } from '../harness/deadline.js';
import { runSkald } from '../harness/skald-command.js';

jest.setTimeout(60_000);

const clock = new SystemClock();
const definitions = 'apps/shop/definitions';
const participants = ['inventory', 'payment', 'shipping'];
const users = ['skald-install', 'skald', 'skald-scaler', 'shop', ...participants];

let stack: LocalStack;
let control: AccessControl;
let listed: readonly AccessRule[];
let coordinator: ServiceProcess;
const services = new Map<string, ServiceProcess>();

beforeAll(async () => {
  const dataFolder = await mkdtemp(path.join(tmpdir(), 'skald-access-'));
  stack = await startLocalStack({ dataFolder, ownProcesses: true, ...accessControlled(users) });
  control = await AccessControl.open(stack.kafkaBrokers);
  const printed = await runSkald({}, 'acls', definitions, '--format', 'kafka-acls', '--create-topics');
  listed = rulesIn(printed.out);
  await control.allow(listed);
}, 120_000);

afterAll(async () => {
  await Promise.all([...services.values()].map((service) => service.stop()));
  await control?.close();
  await stack?.discard();
}, 60_000);

/** What a process is told that logs in as `user`. */
function envOf(user: string): Readonly<Record<string, string>> {
  return {
    DATABASE_URL: stack.databaseUrl,
    KAFKA_BROKERS: stack.brokers[0]!.listeners['LOGIN']!,
    KAFKA_SASL_MECHANISM: 'plain',
    KAFKA_SASL_USERNAME: user,
    KAFKA_SASL_PASSWORD: usersPassword,
  };
}

function ruleOf(text: string): AccessRule {
  const found = listed.find((rule) => textOf(rule) === text);
  if (found === undefined)
    throw new Error(`not listed: ${text}; there are\n${listed.map(textOf).join('\n')}`);
  return found;
}

function textOf({ principal, operation, resource, name }: AccessRule): string {
  return `${principal} ${operation} on ${resource} ${name}`;
}

/** What has to be said of what nobody has listed. */
function denied(principal: string, operation: 'Read' | 'Write', on: string): RegExp {
  return new RegExp(`${principal} (?:${operation}|Describe \\(.*${operation}.*\\)) on ${on};`);
}

/** What has to be said where a rule is missing: that, or that not even seeing it is allowed, which the rule includes. */
function naming(text: string): RegExp {
  const { principal, operation, resource, name } = ruleOf(text);
  const said =
    operation === 'Describe' ? 'Describe(?: \\(.*\\))?' : `(?:${operation}|Describe \\(.*${operation}.*\\))`;
  return new RegExp(`${principal} ${said} on ${resource} ${name};`);
}

const tried = new Set<string>();

async function without<T>(text: string, work: () => Promise<T>): Promise<T> {
  const rule = ruleOf(text);
  tried.add(text);
  await control.forbid(rule);
  try {
    return await work();
  } finally {
    await control.allow([rule]);
  }
}

let lives = 0;

/** Starts a program; ready when it says that, or when `line` was said. */
async function start(
  name: string,
  script: string,
  user: string,
  ready: ServiceReady,
): Promise<ServiceProcess> {
  const [port] = await freePorts(1);
  lives += 1;
  return startService({
    name: `${name}-${lives}`,
    script,
    stack,
    env: {
      ...envOf(user),
      PORT: String(port),
      HOST: '127.0.0.1',
      SKALD_SECRET: testSecret,
      SKALD_DEFINITIONS: definitions,
      SKALD_TOPIC_PARTITIONS: '2',
      SKALD_SESSION_TIMEOUT_MS: '6000',
      SKALD_URL: `http://127.0.0.1:${port}`,
    },
    ready: typeof ready === 'function' ? ready(port!) : ready,
  });
}

type ServiceReady = { readonly line: RegExp } | ((port: number) => { readonly url: string });

let url = '';

function startCoordinator(line?: RegExp): Promise<ServiceProcess> {
  return start(
    'coordinator',
    'dist/apps/coordinator/src/main.js',
    'skald',
    line === undefined
      ? (port) => {
          url = `http://127.0.0.1:${port}`;
          return { url: `${url}/health/ready` };
        }
      : { line },
  );
}

function startParticipant(name: string, line = /the participant is ready/): Promise<ServiceProcess> {
  return start(name, `dist/apps/shop/src/${name}.main.js`, name, { line });
}

/** Starts a program that is to say `line`, whether it goes on or ends, and stops it. */
async function saysAtStart(line: RegExp, program: () => Promise<ServiceProcess>): Promise<void> {
  const started = program().then(
    (service) => service.stop(),
    (error: unknown) => {
      if (!line.test(String(error))) throw error;
    },
  );
  await started;
}

async function place(first: number, count: number): Promise<void> {
  const sink = new KafkaCommandSink(kafkaOptionsFromEnv(envOf('shop')), clock);
  await sink.start();
  try {
    await placeOrders(sink, clock, { mix: 'bench', first, count, perSecond: 0 }, AbortSignal.timeout(20_000));
  } finally {
    await sink.stop();
  }
}

async function counts(): Promise<Readonly<Record<string, number>>> {
  const sagas = await new CoordinatorApi(url).list('limit=200');
  const found: Record<string, number> = {};
  for (const { status } of sagas) found[status] = (found[status] ?? 0) + 1;
  return found;
}

function saidBy(service: ServiceProcess, line: RegExp): Promise<boolean> {
  return eventually(`the log to say ${line}`, async () => line.test(await readFile(service.logFile, 'utf8')));
}

describe('with exactly what is listed', () => {
  it('installs, and says what is missing until it can', async () => {
    const create = 'User:skald-install Create on topic skald.home';
    const refused = await without(create, () =>
      runSkald(envOf('skald-install'), 'install', '--partitions', '2'),
    );
    expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(naming(create)) });

    const installed = await runSkald(envOf('skald-install'), 'install', '--partitions', '2');

    expect(installed).toMatchObject({ code: 0, out: expect.stringContaining('installed skald') });
  });

  it('says which topic it may not make', async () => {
    const line = naming('User:skald Create on topic payment.commands');

    await without('User:skald Create on topic payment.commands', () =>
      saysAtStart(line, () => startCoordinator(line)),
    );
  });

  it('runs orders to their end, undone ones too', async () => {
    coordinator = await startCoordinator();
    services.set('coordinator', coordinator);
    for (const name of participants) services.set(name, await startParticipant(name));
    await place(1, 10);

    await eventually('ten orders to end', async () => {
      const { completed, compensated } = await counts();
      return completed === 9 && compensated === 1;
    });
  });
});

describe('with one less while orders run', () => {
  const commands = 'User:skald Write on topic inventory.commands';
  const replies = 'User:inventory Write on topic skald.home';
  const home = 'User:skald Read on topic skald.home';

  it('says so, and goes on by hand where commands could not be sent', async () => {
    await without(commands, async () => {
      await place(11, 1);
      await saidBy(coordinator, naming(commands));
    });
    const api = new CoordinatorApi(url);
    // What the broker said is believed for a second, so the first of these may come too early.
    const retryWhatIsStuck = async (): Promise<boolean> => {
      for (const { id } of await api.list('incident=true')) await api.act(id, { action: 'retry' });
      return (await counts())['completed'] === 10;
    };

    await eventually('the order to end', retryWhatIsStuck);
  });

  it('says so where replies cannot be sent', async () => {
    await without(replies, async () => {
      await place(12, 1);
      await saidBy(services.get('inventory')!, naming(replies));
    });
  });

  it('says so where the home topic cannot be read, and goes on when it can', async () => {
    await without(home, () => saidBy(coordinator, naming(home)));
    await place(13, 1);

    await eventually('the order to end', async () => (await counts())['completed']! >= 11);
  });
});

describe('with exactly what is listed, a participant', () => {
  beforeAll(() => Promise.all([...services.values()].map((service) => service.stop())));

  it.each([
    ['inventory', 'payment'],
    ['payment', 'shipping'],
    ['shipping', 'inventory'],
  ])('has no part in what is for another one: %s and %s', async (name, other) => {
    const principal = `User:${name}`;
    const [own, foreign] = [`${name}.commands`, `${other}.commands`];

    expect(await troubleOfReading(principal, foreign, name)).toMatch(
      denied(principal, 'Read', `topic ${foreign}`),
    );
    expect(await troubleOfReading(principal, own, other)).toMatch(
      denied(principal, 'Read', `group ${other}`),
    );
    for (const topic of [foreign, own, 'shop.events'])
      expect(await troubleOfWriting(principal, topic)).toMatch(denied(principal, 'Write', `topic ${topic}`));
  });

  it('does not read the answers of others', async () => {
    expect(await troubleOfReading('User:payment', 'skald.home', 'payment')).toMatch(
      denied('User:payment', 'Read', 'topic skald.home'),
    );
  });
});

describe('without one line of the list', () => {
  it.each([
    ['User:skald', 'skald.home', 'skald'],
    ['User:skald', 'shop.events', 'skald.gates'],
    ...participants.map((name) => [`User:${name}`, `${name}.commands`, name] as const),
  ])('%s is told that it may not read %s as %s', async (principal, topic, group) => {
    const rules = [`${principal} Read on topic ${topic}`, `${principal} Read on group ${group}`];

    for (const rule of rules)
      expect(await without(rule, () => troubleOfReading(principal, topic, group))).toMatch(naming(rule));
  });

  it.each([
    ['User:shop', 'shop.events'],
    ...['skald.home', 'shop.events', ...participants.map((name) => `${name}.commands`)].map(
      (topic) => ['User:skald', topic] as const,
    ),
    ...participants.map((name) => [`User:${name}`, 'skald.home'] as const),
  ])('%s is told that it may not write %s', async (principal, topic) => {
    const rule = `${principal} Write on topic ${topic}`;

    expect(await without(rule, () => troubleOfWriting(principal, topic))).toMatch(naming(rule));
  });

  it.each([
    ['User:skald', 'DescribeConfigs', (admin: KafkaTopicAdmin) => admin.describe(['skald.home'])],
    ['User:skald-install', 'DescribeConfigs', (admin: KafkaTopicAdmin) => admin.describe(['skald.home'])],
    ['User:skald-install', 'Describe', (admin: KafkaTopicAdmin) => admin.missing(['skald.home'])],
  ] as const)('%s is told that %s on the home topic is missing', async (principal, operation, look) => {
    const text = `${principal} ${operation} on topic skald.home`;
    const admin = new KafkaTopicAdmin(kafkaOf(principal));

    await look(admin);
    await without(text, () => expect(look(admin)).rejects.toThrow(naming(text)));
  });

  it.each([
    ['topic skald.home', (admin: Admin) => admin.fetchTopicOffsets('skald.home')],
    ['group skald', (admin: Admin) => admin.fetchOffsets({ groupId: 'skald' })],
  ] as const)('the scaler does not see %s', async (on, look) => {
    const { brokers, sasl } = kafkaOf('User:skald-scaler');
    const kafka = new Kafka({ brokers: [...brokers], sasl: sasl as SASLOptions, logLevel: logLevel.NOTHING });
    const admin = kafka.admin();
    try {
      await look(admin);
      await without(`User:skald-scaler Describe on ${on}`, () =>
        expect(look(admin)).rejects.toThrow(/authoriz|coordinator/i),
      );
    } finally {
      await admin.disconnect();
    }
  });
});

describe('the list', () => {
  it('was tried without each of its lines', () => {
    // Topics that participants read are all made alike.
    const left = listed.map(textOf).filter((rule) => !tried.has(rule) && !/skald Create on/.test(rule));

    expect(left).toEqual([]);
  });
});

function kafkaOf(principal: string): KafkaOptions {
  return kafkaOptionsFromEnv(envOf(principal.replace('User:', '')));
}

/** What somebody is told who reads a topic as a member of a group: at once, or when it is given up. */
async function troubleOfReading(principal: string, topic: string, group: string): Promise<string> {
  const source = new KafkaEventSource(kafkaOf(principal), clock, { group, topics: [topic], maxWaitMs: 50 });
  try {
    return await new Promise<string>((resolve, reject) => {
      source
        .start({
          assigned: (partitions) =>
            partitions.forEach((at) => {
              source.seek(at, 0);
              source.resume(at);
            }),
          revoked: () => undefined,
          batch: () => reject(new Error('it was read')),
          progress: () => undefined,
          fatal: ({ message }) => resolve(message),
        })
        .catch(({ message }: Error) => resolve(message));
    });
  } finally {
    await source.stop();
  }
}

async function troubleOfWriting(principal: string, topic: string): Promise<string> {
  const sink = new KafkaCommandSink(kafkaOf(principal), clock);
  await sink.start();
  try {
    const [outcome] = await sink.publish([
      { topic, part: 0, key: 'key', value: 'no record of ours', headers: {} },
    ]);
    return outcome?.kind === 'refused' ? outcome.reason : String(outcome?.kind);
  } finally {
    await sink.stop();
  }
}
