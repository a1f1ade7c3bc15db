import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
import { runSkald, type CommandResult } from '../harness/skald-command.js';

const definition = `saga: note
version: 1
key: input.id
steps:
  - set: noted
    value: \${ input.id }
`;

/** One of the two installations, over the same broker. */
interface Site {
  readonly database: string;
  readonly env: Readonly<Record<string, string>>;
  readonly coordinator: ServiceProcess;
}

// A name of its own: a broker that outlives the test still holds the home topics of the last run.
const installation = `taken-${process.pid}-${Math.floor(performance.timeOrigin)}`;
const folder = mkdtempSync(join(tmpdir(), 'skald-e2e-'));
const opened: Site[] = [];
jest.setTimeout(300_000);

let stack: BenchStack;

/** Installs with as many home partitions, and starts a coordinator. */
async function site(name: string, partitions: number): Promise<Site> {
  const database = name.replaceAll('-', '_');
  const [port] = await freePorts(1);
  const env = {
    DATABASE_URL: await createDatabase(stack.databaseUrl, database),
    KAFKA_BROKERS: stack.kafkaBrokers.join(','),
    SKALD_INSTALLATION: name,
    SKALD_SECRET: 'k1:0123456789abcdef',
    SKALD_URL: `http://127.0.0.1:${port}`,
    SKALD_USER: 'ann',
    PORT: String(port),
  };
  const installed = await runSkald(env, 'install', '--partitions', String(partitions));
  if (installed.code !== 0) throw new Error(installed.err);
  const coordinator = await startService({
    name,
    script: 'dist/apps/coordinator/src/main.js',
    env,
    stack,
    ready: { url: `${env.SKALD_URL}/health/ready` },
  });
  const opening = { database, env, coordinator };
  opened.push(opening);
  return opening;
}

/** Runs a command again until it says what was waited for. */
async function until(wanted: RegExp, ask: () => Promise<CommandResult>): Promise<CommandResult> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const last = await ask();
    if (wanted.test(last.out)) return last;
    if (performance.now() > deadline) throw new Error(`nothing said ${wanted}: ${last.out}\n${last.err}`);
  }
}

function linesOf(file: string): readonly string[] {
  return readFileSync(join(folder, file), 'utf8').trimEnd().split('\n');
}

beforeAll(async () => {
  stack = await benchStack('taken-elsewhere');
  writeFileSync(join(folder, 'note.yaml'), definition);
});

afterAll(async () => {
  for (const { coordinator, database } of opened) {
    await coordinator.stop();
    await dropDatabase(stack.databaseUrl, database);
  }
  await stack?.discard();
  rmSync(folder, { recursive: true });
});

describe('an installation that is taken elsewhere', () => {
  it('has the same definitions and histories there', async () => {
    const from = await site(`${installation}-from`, 2);
    expect(await runSkald(from.env, 'publish', join(folder, 'note.yaml'))).toMatchObject({ code: 0 });
    const starting = () => runSkald(from.env, 'start', 'note', '--data', '{"id":"n-1"}');
    await until(/^(nothing )?started/, starting);
    const shown = await until(/completed/, () => runSkald(from.env, 'show', 'n-1'));
    const [first, second] = ['first.jsonl', 'second.jsonl'].map((name) => join(folder, name));
    const reason = ['--reason', 'we move'];

    const exported = await runSkald(from.env, 'export', 'all', first!, ...reason);
    const to = await site(`${installation}-to`, 3);
    const imported = await runSkald(to.env, 'import', 'all', first!, ...reason);

    expect(exported).toMatchObject({
      code: 0,
      out: expect.stringContaining('1 definition, 0 files, 1 saga'),
    });
    expect(imported).toMatchObject({
      code: 0,
      out: expect.stringContaining('1 definition, 0 files, 1 saga'),
    });
    expect((await runSkald(to.env, 'show', 'n-1')).out).toBe(shown.out);
    expect(await runSkald(to.env, 'export', 'all', second!, ...reason)).toMatchObject({ code: 0 });
    expect(linesOf('second.jsonl').slice(1)).toEqual(linesOf('first.jsonl').slice(1));
    const again = await runSkald(to.env, 'start', 'note', '--data', '{"id":"n-1"}', '--idempotency-key', 'x');
    expect(again.out).toMatch(/^nothing started/);
    expect(await runSkald(from.env, 'import', 'all', second!)).toMatchObject({
      code: 1,
      err: expect.stringContaining('import into an empty installation'),
    });
  });
});
