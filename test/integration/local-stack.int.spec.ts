import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, readdir } from 'node:fs/promises';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import {
  createDatabase,
  dropDatabase,
  startLocalStack,
  startProxy,
  type Address,
  type LocalStack,
  type Proxy,
} from '../../deploy/local/src/index.js';

// A killed broker comes back after its former life has expired at the controller.
jest.setTimeout(60_000);

let folder: string;
let stack: LocalStack;
let proxy: Proxy;
/** Another program, which has taken a port that was chosen for the broker. */
const taken = createServer();

/** Starts the proxy. The first port it is to lead to is taken before the broker listens there. */
async function advertised(target: Address): Promise<Address> {
  if (taken.listening) return (proxy = await startProxy({ target })).address;
  await new Promise<void>((resolve) => taken.listen(target.port, target.host, resolve));
  return target;
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'skald-stack-'));
  stack = await startLocalStack({
    dataFolder: folder,
    ownProcesses: true,
    brokerListeners: [{ name: 'PROXY', advertise: advertised }],
  });
}, 120_000);

afterAll(async () => {
  await stack.discard();
  await proxy.stop();
  taken.close();
});

describe('a broker of this machine', () => {
  it('listens elsewhere when a port that was chosen for it is taken before it starts', async () => {
    const log = readFileSync(path.join(stack.logsFolder, 'broker-1.log'), 'utf8');

    expect(log).toContain('Address already in use');
    expect(Object.values(stack.broker(0).listeners)).not.toContain(`127.0.0.1:${portOf(taken)}`);
  });

  it('keeps what was written when it is killed', async () => {
    await createTopic('killed');
    await produce(stack.broker(0).address, 'killed', 'before');
    await stack.broker(0).kill();
    const pidWhileDead = stack.broker(0).pid;
    await stack.broker(0).start();

    expect(pidWhileDead).toBeUndefined();
    expect(await endOffset('killed')).toBe('1');
  });

  it('is reached through a proxy that can be cut', async () => {
    await createTopic('cut');
    const behind = stack.broker(0).listeners['PROXY'] ?? '';
    await produce(behind, 'cut', 'one');
    proxy.cut();
    await expect(produce(behind, 'cut', 'two')).rejects.toThrow();
    proxy.heal();
    await produce(behind, 'cut', 'three');

    expect(await endOffset('cut')).toBe('2');
  });

  it('does not make topics by itself', async () => {
    await expect(produce(stack.broker(0).address, 'unheard-of', 'x')).rejects.toThrow();
  });
});

describe('a database of this machine', () => {
  it('runs with fsync on', async () => {
    expect(await query(stack.databaseUrl, 'show fsync')).toEqual([{ fsync: 'on' }]);
  });

  it('keeps what was committed when it is killed', async () => {
    await query(stack.databaseUrl, 'create table kept as select 7 as value');
    await stack.postgres.kill();
    const refused = await query(stack.databaseUrl, 'select 1').catch(() => 'refused');
    await stack.postgres.start();

    expect(refused).toBe('refused');
    expect(await query(stack.databaseUrl, 'select value from kept')).toEqual([{ value: 7 }]);
  });

  it('answers nobody while frozen', async () => {
    await stack.postgres.freeze();
    const client = new pg.Client({ connectionString: stack.databaseUrl, connectionTimeoutMillis: 500 });
    client.on('error', () => undefined);
    const outcome = await client.connect().then(
      () => 'connected',
      () => 'silent',
    );
    await client.end().catch(() => undefined);
    await stack.postgres.thaw();

    expect(outcome).toBe('silent');
    expect(await query(stack.databaseUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  it('makes a copy of a template database', async () => {
    const template = await createDatabase(stack.databaseUrl, 'template-test');
    await query(template, 'create table seeded as select 1 as value');
    const copy = await createDatabase(stack.databaseUrl, 'copy-test', { template: 'template-test' });
    const seeded = await query(copy, 'select value from seeded');
    await dropDatabase(stack.databaseUrl, 'copy-test');

    expect(seeded).toEqual([{ value: 1 }]);
    await expect(query(copy, 'select 1')).rejects.toThrow(/does not exist/);
  });
});

describe('a rewound database', () => {
  it('has forgotten what was committed after the copy', async () => {
    await query(stack.databaseUrl, `create table early as select 'before' as at`);
    const copy = await stack.postgres.takeCopy();
    await query(stack.databaseUrl, `insert into early values ('after')`);
    await stack.postgres.restore(copy);

    expect(await query(stack.databaseUrl, 'select at from early')).toEqual([{ at: 'before' }]);
  });

  it('is on a new timeline after recovery to a point in time', async () => {
    const timeline = 'select timeline_id as id from pg_control_checkpoint()';
    const copy = await stack.postgres.takeCopy();
    const before = await query(stack.databaseUrl, timeline);
    await stack.postgres.restore(copy);
    const asSnapshot = await query(stack.databaseUrl, timeline);
    await stack.postgres.restore(copy, 'point-in-time');
    const inTime = await query(stack.databaseUrl, timeline);

    expect(asSnapshot).toEqual(before);
    expect(inTime).not.toEqual(before);
  });
});

describe('a stopped stack', () => {
  it('leaves no process behind', async () => {
    const pids = [stack.broker(0).pid, stack.postgres.pid];
    await stack.stop();
    await stack.stop();

    expect(pids).toEqual([expect.any(Number), expect.any(Number)]);
    for (const pid of pids) expect(() => process.kill(pid ?? 0, 0)).toThrow(/ESRCH/);
    expect(commandsNaming(folder)).toEqual([]);
    expect(await readdir(path.join(folder, 'run'))).toEqual([]);
  });
});

function client(broker: string): Kafka {
  return new Kafka({
    brokers: [broker],
    logLevel: logLevel.NOTHING,
    retry: { retries: 1 },
    connectionTimeout: 2_000,
  });
}

async function withAdmin<T>(use: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> {
  const admin = client(stack.broker(0).address).admin();
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}

async function createTopic(topic: string): Promise<void> {
  await withAdmin((admin) =>
    admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true }),
  );
}

function endOffset(topic: string): Promise<string | undefined> {
  return withAdmin(async (admin) => (await admin.fetchTopicOffsets(topic))[0]?.high);
}

async function produce(broker: string, topic: string, value: string): Promise<void> {
  const producer = client(broker).producer({ allowAutoTopicCreation: false });
  try {
    await producer.connect();
    await producer.send({ topic, messages: [{ value }] });
  } finally {
    await producer.disconnect();
  }
}

async function query(url: string, text: string): Promise<readonly unknown[]> {
  const connection = new pg.Client({ connectionString: url });
  connection.on('error', () => undefined);
  await connection.connect();
  try {
    return (await connection.query(text)).rows;
  } finally {
    await connection.end();
  }
}

/** The command lines of this machine that name the folder; only Linux shows them without a tool. */
function commandsNaming(text: string): readonly string[] {
  if (process.platform !== 'linux') return [];
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  return pids.map(commandLine).filter((line) => line.includes(text));
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
