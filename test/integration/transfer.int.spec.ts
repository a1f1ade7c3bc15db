import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import process from 'node:process';
import { InMemoryBroker, InMemoryTopicAdmin } from '#libs/memory';
import { homeOf, SystemClock } from '#libs/messaging';
import {
  compilePublication,
  ExportAll,
  ImportAll,
  LoadedDefinitions,
  type Imported,
} from '#libs/orchestration';
import { migrate, PostgresStores } from '#libs/postgres';
import { batchOf, home0, startedOrder } from '#libs/testing';
import { createDatabase, dropDatabase } from '../../deploy/local/src/index.js';

// The machine may be busy.
jest.setTimeout(60_000);

const server = process.env['DATABASE_URL'] ?? '';
const clock = new SystemClock();
const now = clock.now();
const ended = 120;
const homePartitions = 4;
const names = { source: 'skald_transfer_from', target: 'skald_transfer_to' };

const order = (version: number) => ({
  kind: 'saga',
  name: 'order',
  version,
  file: 'order.yaml',
  text: `saga: order
version: ${version}
key: input.orderId
input: { $ref: order.json }
steps:
  - step: reserve
    call: inventory.reserve
    compensate: inventory.release
`,
});
const inventory = (more: string) => ({
  kind: 'participant',
  name: 'inventory',
  version: 0,
  file: 'inventory.yaml',
  text: `participant: inventory\ncommands: { reserve: {}, release: {}${more} }\n`,
});
const schema = { path: 'order.json', text: '{"type":"object","properties":{"orderId":{"type":"string"}}}' };

let source: PostgresStores;
let target: PostgresStores;

beforeAll(async () => {
  source = await openedStores(names.source);
  await source.definitions.publish([order(1), inventory('')], [schema], 'ann');
  await source.definitions.publish([order(2), inventory(', count: {}')], [], 'ben');
  await fill(source);
});

beforeEach(async () => {
  target = await openedStores(names.target);
});

afterEach(() => target.stop());

afterAll(async () => {
  await source.stop();
  await Promise.all(Object.values(names).map((name) => dropDatabase(server, name)));
});

describe('a database with sagas, taken elsewhere', () => {
  it('is the same there', async () => {
    const lines = await exported(source);

    const result = await imported(target, lines);

    expect(result).toMatchObject({ definitions: 4, files: 1, sagas: ended, newSagas: ended, leftOut: 2 });
    expect(lines).toHaveLength(1 + 4 + 1 + ended + 1);
    expect((await exported(target)).slice(1, -1)).toEqual(lines.slice(1, -1));
  });

  it('shows operators what it showed them before', async () => {
    await imported(target, await exported(source));

    const { id } = startedOrder(now, 'order-0');
    const shown = async ({ operators }: PostgresStores) => [
      await operators.find(id),
      await operators.history(id),
      await operators.incidents({ saga: id }),
      await operators.audits(id),
    ];
    expect(await shown(target)).toEqual(await shown(source));
    expect(await target.definitions.load()).toEqual(await source.definitions.load());
  });

  it('is whole when it is said again after a cut', async () => {
    const lines = await exported(source);
    await expect(imported(target, lines, 115)).rejects.toThrow('cut off');

    expect(await imported(target, lines)).toMatchObject({ newSagas: ended - 100 });
    expect((await exported(target)).slice(1, -1)).toEqual(lines.slice(1, -1));
  });

  it('is there once when two take it at once', async () => {
    const lines = await exported(source);

    const results = await Promise.all([imported(target, lines), imported(target, lines)]);

    expect(results.reduce((sum, { newSagas }) => sum + newSagas, 0)).toBe(ended);
    expect((await exported(target)).slice(1, -1)).toEqual(lines.slice(1, -1));
  });

  it('is not taken where sagas are', async () => {
    const lines = await exported(source);
    const elsewhere = [lines[0]!.replace('"old"', '"elsewhere"'), ...lines.slice(1)];

    await expect(imported(source, elsewhere)).rejects.toMatchObject({ code: 'NOT_EMPTY' });
  });
});

async function openedStores(name: string): Promise<PostgresStores> {
  const databaseUrl = await createDatabase(server, name);
  await migrate(databaseUrl);
  const stores = new PostgresStores({ databaseUrl });
  await stores.start();
  return stores;
}

/** Orders that are over, half of them archived; one that runs, and one that waits for a person. */
async function fill({ lanes, housekeeping }: PostgresStores): Promise<void> {
  const inserts = Array.from({ length: ended }, (_, no) => {
    const start = startedOrder(now + no, `order-${no}`, {
      status: no % 3 === 0 ? 'compensated' : 'completed',
      finishedAt: now + 1_000 + no,
      reusableKey: no % 2 === 0,
      trace: no % 5 === 0 ? '00-ab-cd-01' : '',
    });
    return { ...start, home: homeOf(start.id, homePartitions) };
  });
  const others = [
    startedOrder(now, 'running'),
    startedOrder(now, 'stuck', { finishedAt: now, incident: true }),
  ];
  const history = inserts.map(({ id: saga }, no) => ({
    saga,
    revision: 1,
    at: now + no,
    entries: `[{"kind":"größe","no":${no}}]`,
  }));
  const incident = { saga: inserts[0]!.id, id: 'i-1', block: 'reserve', code: 'FAILED', message: 'away' };
  const incidents = [
    { ...incident, open: true, at: now + 1 },
    { ...incident, open: false, at: now + 2 },
  ];
  const asked = { saga: inserts[0]!.id, action: 'retry', by: 'ann', result: 'done', detail: '' } as const;
  const audits = [
    { ...asked, request: 'r-1', at: now + 1 },
    { ...asked, request: 'r-2', at: now + 2, reason: 'it is back' },
  ];
  const given = { inserts: [...inserts, ...others], history, incidents, audits };
  const result = await lanes.commit([batchOf(await lanes.takeOver(home0, 'one'), given)]);
  expect(result).toEqual({ kind: 'committed' });
  expect(await housekeeping.archive(now + 1_000 + ended / 2, ended)).toBe(ended / 2);
}

async function exported({ transfers: store, operators }: PostgresStores): Promise<readonly string[]> {
  const exporting = new ExportAll({ store, operators, installation: { name: 'old' }, clock });
  const lines: string[] = [];
  for await (const line of await exporting.export({ by: 'ann', reason: 'we move' })) lines.push(line);
  return lines;
}

function imported(
  { transfers: store, definitions: documents }: PostgresStores,
  lines: readonly string[],
  cutAt?: number,
): Promise<Imported> {
  const importing = new ImportAll({
    store,
    installation: { homePartitions },
    definitions: new LoadedDefinitions({ store: documents, clock, compile: compilePublication }),
    topics: new InMemoryTopicAdmin(new InMemoryBroker(clock)),
    topicPolicy: { create: true, partitions: 3 },
    clock,
  });
  return importing.import({ content: sent(lines, cutAt), by: 'ben' });
}

async function* sent(lines: readonly string[], cutAt = lines.length): AsyncGenerator<Uint8Array> {
  for (const line of lines.slice(0, cutAt)) yield Buffer.from(line);
  if (cutAt < lines.length) throw new Error('cut off');
}
