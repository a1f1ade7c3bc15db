import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  createDatabase,
  dropDatabase,
  freePorts,
  startService,
  type ServiceProcess,
} from '../../deploy/local/src/index.js';
import { benchStack, type BenchStack } from '../harness/bench-stack.js';

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const definition = `saga: order-fulfilment
version: 1
key: input.orderId
timeout: 30m
triggers: [{ event: shop.order.placed }]
steps:
  - step: reserveStock
    call: cli-stock.reserve
    compensate: cli-stock.release
  - step: arrangeShipping
    call: cli-carrier.arrange
    pivot: true
`;

// Nobody answers, and it ends with an incident after one second.
const audit = `saga: audit
version: 1
key: input.auditId
triggers: [{ event: shop.audit.due }]
steps:
  - step: lookThrough
    call: cli-auditor.look
    timeout: 1s
    retry: { attempts: 1 }
    ifUnknown: incident
---
participant: cli-auditor
commands: { look: { effect: none } }
`;

// A name of its own: a broker that outlives the test still holds the home topic of the last run.
const installation = `cli-${process.pid}-${Math.floor(performance.timeOrigin)}`;
const database = installation.replaceAll('-', '_');
const folder = mkdtempSync(join(tmpdir(), 'skald-e2e-'));
jest.setTimeout(120_000);

let stack: BenchStack;
let env: Readonly<Record<string, string>>;
let coordinator: ServiceProcess | undefined;

function ran(script: string, args: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [script, ...args],
      { env: { PATH: process.env['PATH'], ...env } },
      (error, out, err) => {
        resolve({ code: error === null ? 0 : Number(error.code), out: out.trim(), err: err.trim() });
      },
    );
  });
}

function skald(...args: readonly string[]): Promise<Ran> {
  return ran('dist/apps/cli/src/main.js', args);
}

/** Runs a command again until it says what was waited for: a broker that has just started takes its time. */
async function until(wanted: RegExp, ...args: readonly string[]): Promise<Ran> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const last = await skald(...args);
    if (wanted.test(last.out)) return last;
    if (performance.now() > deadline)
      throw new Error(`${args.join(' ')} did not say ${wanted}: ${last.out}\n${last.err}`);
  }
}

beforeAll(async () => {
  stack = await benchStack('command-line');
  const [port] = await freePorts(1);
  env = {
    DATABASE_URL: await createDatabase(stack.databaseUrl, database),
    KAFKA_BROKERS: stack.kafkaBrokers.join(','),
    SKALD_INSTALLATION: installation,
    SKALD_SECRET: 'k1:0123456789abcdef',
    SKALD_URL: `http://127.0.0.1:${port}`,
    SKALD_USER: 'ann',
    SKALD_TOPIC_PARTITIONS: '2',
    PORT: String(port),
  };
  writeFileSync(join(folder, 'order.yaml'), definition);
  writeFileSync(join(folder, 'audit.yaml'), audit);
});

afterAll(async () => {
  await coordinator?.stop();
  if (stack !== undefined) await dropDatabase(stack.databaseUrl, database);
  await stack?.discard();
  rmSync(folder, { recursive: true });
});

describe('a reader that has seen enough', () => {
  it('ends the command without a word', async () => {
    const child = spawn(process.execPath, ['dist/apps/cli/src/main.js', '--help'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.destroy();
    const complaints: Buffer[] = [];
    child.stderr.on('data', (bytes: Buffer) => complaints.push(bytes));
    const [code] = (await once(child, 'close')) as [number];

    expect([code, Buffer.concat(complaints).toString()]).toEqual([0, '']);
  });
});

describe('a coordinator on a database it does not know', () => {
  it('names the command that makes the tables', async () => {
    const { code, err } = await ran('dist/apps/coordinator/src/main.js', []);

    expect([code, err]).toEqual([1, expect.stringContaining("run 'skald migrate'")]);
  });

  it('names the command that installs', async () => {
    expect((await skald('migrate')).code).toBe(0);

    const { code, err } = await ran('dist/apps/coordinator/src/main.js', []);

    expect([code, err]).toEqual([1, expect.stringContaining(`skald install --name ${installation}`)]);
  });

  it('runs after installing, which may be done again', async () => {
    const first = await skald('install', '--partitions', '2');
    const second = await skald('install', '--partitions', '2');
    const other = await skald('install', '--partitions', '3');

    expect([first.code, second.code, other.code]).toEqual([0, 0, 1]);
    coordinator = await startService({
      name: 'coordinator',
      script: 'dist/apps/coordinator/src/main.js',
      env,
      stack,
      ready: { url: `${env['SKALD_URL']}/health/ready` },
    });
  });
});

describe('the command line of a running coordinator', () => {
  it('publishes, starts and shows a saga', async () => {
    const published = await skald('publish', folder);
    const started = await until(
      /^(nothing )?started/,
      'start',
      'order-fulfilment',
      '--data',
      '{"orderId":"o-1"}',
    );
    const shown = await skald('show', 'o-1');

    expect(published).toMatchObject({
      code: 0,
      out: expect.stringContaining('published saga order-fulfilment version 1'),
    });
    expect(started).toMatchObject({ code: 0, out: expect.stringMatching(/[0-9a-f-]{36}/) });
    expect(shown.out).toContain('sent cli-stock.reserve for reserveStock');
    expect(shown.out).toContain('the answer of cli-stock.reserve to reserveStock');
  });

  it('lists lanes of home and domain topics', async () => {
    const { out } = await until(/shop\.events/, 'lanes', '-o', 'json');
    const { lanes } = JSON.parse(out) as { lanes: { topic: string }[] };

    expect(new Set(lanes.map(({ topic }) => topic))).toEqual(
      new Set([`${installation}.home`, 'shop.events']),
    );
  });

  it('cancels a saga and keeps who asked', async () => {
    const cancelled = await skald('cancel', 'o-1', '--reason', 'customer called');

    expect(cancelled.code).toBe(0);
    expect((await until(/ann asked to cancel/, 'show', 'o-1')).out).toContain(
      'ann asked to cancel: customer called',
    );
  });

  it('fails with what the saga says', async () => {
    expect(await skald('retry', 'o-1')).toMatchObject({
      code: 1,
      err: expect.stringContaining('no incident is open'),
    });
  });
});

describe('three sagas that are stuck by one cause', () => {
  it('are all cancelled at once, over two pages', async () => {
    for (const auditId of ['a-1', 'a-2', 'a-3'])
      expect((await skald('start', 'audit', '--data', JSON.stringify({ auditId }))).code).toBe(0);
    await until(/"count": 3/, 'incidents', '--group', '-d', 'audit', '-o', 'json');

    const cause = ['-d', 'audit', '-b', 'lookThrough', '-r', 'it is over'];
    const { code, err } = await skald('bulk', 'cancel', ...cause, '--rate', '2');

    expect([code, err.split('\n')]).toEqual([0, ['2 of 3', '3 of 3']]);
    await until(/"groups": \[\]/, 'incidents', '--group', '-d', 'audit', '-o', 'json');
  });
});

describe('a coordinator that is told to stop', () => {
  it('lets its lanes go and ends well', async () => {
    await coordinator!.kill('SIGTERM');

    expect(await coordinator!.exited).toMatchObject({ code: 0 });
  });

  it('goes on where it was when it is started again', async () => {
    await coordinator!.start();

    expect((await skald('show', 'o-1', '-o', 'json')).out).toContain('"status": "compensating"');
    expect((await until(/./, 'lanes')).out).toContain(`${installation}.home`);
  });
});
