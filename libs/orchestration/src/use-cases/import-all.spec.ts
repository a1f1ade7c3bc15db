import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  InMemoryBroker,
  InMemoryDefinitionStore,
  InMemoryLaneStore,
  InMemoryOperatorStore,
  InMemoryTables,
  InMemoryTopicAdmin,
  InMemoryTransferStore,
} from '#libs/memory';
import { batchOf, FakeClock, home0, startedOrder } from '#libs/testing';
import { LoadedDefinitions } from '../loaded-definitions.js';
import { LayoutError } from '../store-errors.js';
import type { EndedSaga } from '../transfer-store.js';
import { compilePublication } from './compile-documents.js';
import { ExportAll } from './export-all.js';
import { ImportAll, type Imported } from './import-all.js';
import { orderText } from './program.fixture.js';
import type { TopicPolicy } from './provide-topics.js';

const clock = new FakeClock(Date.UTC(2026, 10, 21, 9));
const now = clock.now();
const order = { kind: 'saga', name: 'order', version: 1, file: 'order.yaml', text: orderText };

let source: InMemoryTables;
let target: InMemoryTables;
let lines: readonly string[];

/** 230 orders that are over, and one that is not. */
beforeEach(async () => {
  source = new InMemoryTables();
  target = new InMemoryTables();
  await new InMemoryDefinitionStore(source, clock).publish([order], [{ path: 'a.json', text: '{}' }], 'ann');
  const lanes = new InMemoryLaneStore(source);
  const inserts = Array.from({ length: 230 }, (_, no) =>
    startedOrder(now + no, `order-${no}`, { status: 'completed', finishedAt: now + no, home: no % 4 }),
  );
  const history = inserts.map(({ id: saga }) => ({ saga, revision: 1, at: now, entries: '[{"no":1}]' }));
  const running = startedOrder(now, 'running');
  await lanes.commit([
    batchOf(await lanes.takeOver(home0, 'one'), { inserts: [...inserts, running], history }),
  ]);
  lines = await exported(source);
});

async function exported(tables: InMemoryTables): Promise<readonly string[]> {
  const operators = new InMemoryOperatorStore(tables);
  const store = new InMemoryTransferStore(tables);
  const exporting = new ExportAll({ store, operators, installation: { name: 'old' }, clock });
  const all: string[] = [];
  for await (const line of await exporting.export({ by: 'ann', reason: 'we move' })) all.push(line);
  return all;
}

function imported(
  text: string,
  store: InMemoryTransferStore = new InMemoryTransferStore(target),
  topicPolicy: TopicPolicy = { create: true, partitions: 3 },
): Promise<Imported> {
  const definitions = new LoadedDefinitions({
    store: new InMemoryDefinitionStore(target, clock),
    clock,
    compile: compilePublication,
  });
  const importing = new ImportAll({
    store,
    installation: { homePartitions: 4 },
    definitions,
    topics: new InMemoryTopicAdmin(new InMemoryBroker(clock)),
    topicPolicy,
    clock,
  });
  return importing.import({ content: inPieces(text), by: 'ben', reason: 'we moved' });
}

/** As a network cuts it: anywhere, also inside a character. */
async function* inPieces(text: string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text, 'utf8');
  for (let from = 0; from < bytes.length; from += 997) yield bytes.subarray(from, from + 997);
}

/** The export with a line changed, counted from 1. */
function changed(no: number, from: string | RegExp, to: string): string {
  const line = lines[no - 1]!.replace(from, to);
  expect(line).not.toBe(lines[no - 1]);
  return lines.with(no - 1, line).join('');
}

/** Its tables are not those of this version. */
class Outdated extends InMemoryTransferStore {
  override take(): Promise<number> {
    return Promise.reject(new LayoutError("the schema is not the one expected: run 'skald migrate'"));
  }
}

/** Ends after the hundred first sagas. */
class Dying extends InMemoryTransferStore {
  private taken = 0;

  override take(sagas: readonly EndedSaga[]): Promise<number> {
    this.taken += sagas.length;
    if (this.taken > 100) throw new Error('killed');
    return super.take(sagas);
  }
}

describe('what was exported', () => {
  it('is noted with who took it, and why', () => {
    expect([...source.audits.values()]).toMatchObject([
      { action: 'export', saga: '', by: 'ann', reason: 'we move', result: 'done', detail: 'old' },
    ]);
  });

  it('comes out of where it was imported as it went in', async () => {
    const result = await imported(lines.join(''));

    expect(result).toMatchObject({ from: 'old', at: now, definitions: 1, files: 1, sagas: 230, leftOut: 1 });
    expect((await exported(target)).slice(1, -1)).toEqual(lines.slice(1, -1));
    expect(lines).toHaveLength(234);
  });

  it('lives in the homes of where it was imported', async () => {
    await imported(lines.join(''));

    const homes = [...target.archive.values()].map(({ id, home }) => [
      Number.parseInt(id.slice(15, 18), 16) % 4,
      home,
    ]);
    expect(homes.every(([wanted, home]) => wanted === home)).toBe(true);
  });

  it('is noted with who imported it', async () => {
    await imported(lines.join(''));

    expect([...target.audits.values()]).toMatchObject([
      { action: 'import', saga: '', by: 'ben', reason: 'we moved', detail: 'old 2026-11-21T09:00:00.000Z' },
    ]);
  });

  it('is imported to its end when it is said again after a death', async () => {
    const dying = imported(lines.join(''), new Dying(target));
    await expect(dying).rejects.toThrow('killed');
    expect(target.archive.size).toBe(100);

    expect(await imported(lines.join(''))).toMatchObject({ sagas: 230, newSagas: 130 });
    expect((await exported(target)).slice(1, -1)).toEqual(lines.slice(1, -1));
    expect(await imported(lines.join(''))).toMatchObject({ newSagas: 0 });
  });
});

describe('an export that was tampered with', () => {
  const cases: readonly (readonly [string, () => string, string | RegExp])[] = [
    ['no JSON', () => changed(3, '{', ''), /^line 3: it is not JSON: /],
    [
      'an unknown kind',
      () => changed(3, '"file"', '"folder"'),
      /^line 3: kind is "folder", and has to be one of/,
    ],
    ['another format', () => changed(1, '"format":1', '"format":2'), /^line 1: the export has format 2/],
    ['no head', () => lines.slice(1).join(''), 'line 1: an export begins with one line of kind skald-export'],
    [
      'a field too many',
      () => changed(5, '"trace"', '"more":1,"trace"'),
      'line 5: more is not a field there is',
    ],
    [
      'a field too few',
      () => changed(5, '"revision":1,"at"', '"at"'),
      /^line 5: history\[0\]\.revision is missing/,
    ],
    ['an id that is none', () => changed(5, /"id":"./, '"id":"x'), 'line 5: id is not the id of a saga'],
    [
      'a day there is not',
      () => changed(5, /"at":"2026-11-21/, '"at":"2026-13-41'),
      /^line 5: history\[0\]\.at is/,
    ],
    [
      'a character that cannot be stored',
      () => changed(5, '"order-1"', '"a\\u0000"'),
      /^line 5: businessKey is/,
    ],
    [
      'sagas out of order',
      () => lines.toSpliced(3, 2, lines[4]!, lines[3]!).join(''),
      /^line 5: sagas stand in the order/,
    ],
    [
      'a saga twice',
      () => lines.toSpliced(3, 0, lines[3]!).join(''),
      /^line 5: sagas stand in the order of their ids/,
    ],
    [
      'a saga too few',
      () => lines.toSpliced(3, 1).join(''),
      'line 233: it says that there are 230 sagas, and there are 229',
    ],
    [
      'definitions behind sagas',
      () => lines.toSpliced(4, 0, lines[1]!).join(''),
      /^line 5: definitions and files stand before/,
    ],
    ['no end', () => lines.slice(0, -1).join(''), /cut off after 230 sagas/],
    [
      'something behind the end',
      () => [...lines, lines[3]].join(''),
      'line 235: something stands behind the last line',
    ],
    ['nothing in it', () => '\n', 'there is nothing in it'],
  ];

  it.each(cases)('is refused with %s', async (_what, text, message) => {
    const importing = imported(text());

    await expect(importing).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
    await expect(importing).rejects.toThrow(message);
    for (const id of target.archive.keys()) expect(target.history.get(id)).toHaveLength(1);
  });

  it('is refused with definitions that do not compile, before anything is taken', async () => {
    const importing = imported(changed(2, 'steps:', 'stops:'));

    await expect(importing).rejects.toMatchObject({
      code: 'INVALID_DEFINITIONS',
      problems: expect.arrayContaining([expect.stringContaining('order.yaml')]),
    });
    expect([target.documents.size, target.archive.size, target.audits.size]).toEqual([0, 0, 0]);
  });

  it('is refused where topics are missing and may not be made, before anything is taken', async () => {
    const importing = imported(lines.join(''), undefined, { create: false, partitions: 3 });

    await expect(importing).rejects.toMatchObject({ code: 'MISSING_TOPICS' });
    expect([target.documents.size, target.archive.size, target.audits.size]).toEqual([0, 0, 0]);
  });

  it('is refused with bytes that are no text', async () => {
    const content = (async function* () {
      yield Buffer.from([0xff, 0x0a]);
    })();
    const importing = new ImportAll({} as never).import({ content, by: 'ben' });

    await expect(importing).rejects.toThrow('line 1 or one of the next is not UTF-8');
  });
});

describe('an installation of another version', () => {
  it('does not blame the export', async () => {
    await expect(imported(lines.join(''), new Outdated(target))).rejects.toMatchObject({ code: 'LAYOUT' });
  });
});

describe('an installation that is not empty', () => {
  it('takes no import, whatever it holds', async () => {
    await new InMemoryDefinitionStore(target, clock).publish([{ ...order, version: 2 }], [], 'ann');

    await expect(imported(lines.join(''))).rejects.toMatchObject({ code: 'NOT_EMPTY' });
    expect(target.archive.size).toBe(0);
  });
});
