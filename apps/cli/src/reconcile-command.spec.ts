import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { SystemClock } from '#libs/messaging';
import { PlayedCoordinator } from './coordinator.fixture.js';
import { run } from './run.js';
import { terminal, type Ran } from './terminal.fixture.js';

const coordinator = new PlayedCoordinator();
const folder = mkdtempSync(path.join(tmpdir(), 'reconcile-'));
const file = path.join(folder, 'list.jsonl');
const nothing = { agreed: 0, open: 0, differences: [], problems: [] };
const difference = {
  kind: 'done-here-missing-there',
  line: 2,
  saga: 'saga-1',
  operation: 'charge/1/do~k.proof',
  definition: 'order',
  businessKey: 'o-1',
  block: 'charge',
  since: '2026-11-21T08:00:00.000Z',
  repair: { text: 'undo what it has done', command: "skald cancel saga-1 --reason '…'" },
};

function skald(...args: readonly string[]): Promise<Ran> {
  return terminal(['reconcile', 'payment', ...args], { SKALD_URL: coordinator.url });
}

/** Runs it with a clock that moves, so that it may send several pages. */
async function paced(...args: readonly string[]): Promise<Ran> {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await run(['reconcile', 'payment', ...args], {
    env: { SKALD_URL: coordinator.url },
    clock: new SystemClock(),
    print: (text) => void out.push(text),
    warn: (text) => void err.push(text),
    readInput: () => Promise.resolve(''),
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

/** What the coordinator was asked to compare, page by page. */
function compared(): readonly unknown[] {
  return coordinator.arrived.flatMap(({ method, body }) =>
    method === 'POST' ? [(body as { readonly operations: unknown }).operations] : [],
  );
}

function list(...lines: readonly (object | string)[]): string {
  const texts = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  writeFileSync(file, texts.join('\n'));
  return file;
}

beforeAll(() => coordinator.start());

afterAll(async () => {
  await coordinator.stop();
  rmSync(folder, { recursive: true });
});

describe('skald reconcile', () => {
  it('says that both agree', async () => {
    coordinator.answer(() => ({ body: { ...nothing, agreed: 2, open: 1 } }));

    const { code, out } = await skald('-f', list({ saga: 'saga-1', operation: 'a', state: 'done' }));

    expect(coordinator.arrived[0]).toMatchObject({
      url: '/participants/payment/comparison',
      body: {
        operations: [{ saga: 'saga-1', operation: 'a', state: 'done', line: 1 }],
        takenAt: '2026-11-21T09:00:00.000Z',
      },
    });
    expect([code, out]).toEqual([
      0,
      '0 differ, 2 agree, 1 under way or changed since, 0 could not be compared',
    ]);
  });

  it('shows each difference with its age and what to do, and fails', async () => {
    coordinator.answer(() => ({ body: { ...nothing, differences: [difference] } }));

    const { code, out, err } = await skald('-f', list({ operation: 'a', state: 'unknown' }));

    expect(code).toBe(1);
    expect(out.split('\n').slice(0, -1)).toEqual([
      'done here, missing there, for 1 h (line 2): order o-1, charge, saga-1',
      '  charge/1/do~k.proof',
      '  undo what it has done',
      "    skald cancel saga-1 --reason '…'",
    ]);
    expect(err).toBe('skald: 1 difference in all; nothing was changed');
  });

  it('names bad lines by their number, wherever they were found', async () => {
    coordinator.answer(() => ({ body: { ...nothing, problems: [{ line: 4, problem: 'say saga' }] } }));

    const { code, out } = await skald('-f', list('[]', '', '{"state":', { operation: 'a' }));

    expect(code).toBe(1);
    expect(out.split('\n').slice(0, -1)).toEqual([
      'line 1: it has to be a JSON object',
      expect.stringMatching(/^line 3: it is not JSON/),
      'line 4: say saga',
    ]);
    expect(compared()).toEqual([[{ operation: 'a', line: 4 }]]);
  });

  it('reads standard input, and answers JSON', async () => {
    coordinator.answer(() => ({ body: { ...nothing, agreed: 1 } }));

    const { out } = await terminal(
      ['reconcile', 'payment', '-f', '-', '-o', 'json'],
      { SKALD_URL: coordinator.url },
      '{"operation":"a"}\n',
    );

    expect(JSON.parse(out)).toEqual({ ...nothing, agreed: 1, older: 0 });
  });

  it('sends page by page, no faster than it may', async () => {
    coordinator.answer(() => ({ body: { ...nothing, agreed: 2 } }));
    const clock = new SystemClock();
    const beganAt = clock.elapsed();

    const { out } = await paced('-f', list({ no: 1 }, { no: 2 }, { no: 3 }), '--rate', '2');

    expect(compared()).toEqual([
      [
        { no: 1, line: 1 },
        { no: 2, line: 2 },
      ],
      [{ no: 3, line: 3 }],
    ]);
    expect(out).toContain('4 agree');
    expect(clock.elapsed() - beganAt).toBeGreaterThan(900);
  });

  it('says once what is wrong with many lines', async () => {
    const problems = Array.from({ length: 12 }, (_, index) => ({ line: index + 1, problem: 'say saga' }));
    coordinator.answer(() => ({ body: { ...nothing, problems } }));

    const { out } = await skald('-f', list({ operation: 'a' }));

    expect(out.split('\n')[0]).toBe('lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more: say saga');
  });

  it('compares nothing with an empty list', async () => {
    coordinator.answer(() => ({ body: nothing }));

    const { code, err } = await skald('-f', list(''), '--since', '2026-11-20T00:00:00Z');

    expect([code, err]).toEqual([1, expect.stringContaining('the list is empty')]);
    expect(coordinator.arrived).toEqual([]);
  });

  it('cannot work without a list, a rate it may have, or a time', async () => {
    const codes = [
      (await skald()).code,
      (await skald('-f', path.join(folder, 'nowhere'))).code,
      (await skald('-f', list(), '--rate', '0')).code,
      (await skald('-f', list(), '--since', 'yesterday')).code,
      (await skald('-f', list(), '--since', '2026-11-22T00:00:00Z')).code,
    ];

    expect(codes).toEqual([2, 2, 2, 2, 2]);
  });
});

describe('skald reconcile --since', () => {
  const pages = [
    { operations: [{ saga: 's1', keys: ['a~k1', 'a~k2'], isDone: true }], next: 's1' },
    {
      operations: [
        { saga: 's2', keys: ['b~k1'], isDone: true },
        { saga: 's3', keys: ['c~k1'], isDone: false },
        { saga: 's4', keys: ['d~k1'], isDone: true },
      ],
    },
  ];

  it.each(['nonsense', '{"operaton":"b~k1","state":"done"}'])(
    'has nothing done again that may stand in the line %j',
    async (line) => {
      coordinator.answer(({ method }) => ({ body: method === 'POST' ? nothing : pages[1]! }));
      const listed = list({ operation: 'd~k1', state: 'done' }, line);

      const { err } = await paced('-f', listed, '--since', '2026-11-20T00:00:00Z', '--rate', '10000');

      expect(JSON.stringify(compared())).not.toContain('"state":"unknown"');
      expect(err).toContain('1 line could not be read, so what is missing in the list is not told');
    },
  );

  it('finds the saga of each line, and what is missing in the list', async () => {
    coordinator.answer(({ method, url }) => {
      if (method === 'POST') return { body: { ...nothing, agreed: 1 } };
      return { body: url.includes('after=s1') ? pages[1]! : pages[0]! };
    });
    const listed = list(
      { operation: 'a~k2', state: 'done' },
      { saga: 's4', operation: 'd~k1', state: 'done' },
      { operation: 'x~k1', state: 'done', at: '2026-11-20T12:00:00Z' },
      { operation: 'y~k1', state: 'undone' },
      { operation: 'z~k1', state: 'done', at: '2026-11-01T12:00:00Z' },
      { operation: 'x~k1', state: 'done' },
      { operation: 'a/1/verify~k1', state: 'done' },
      { operation: 'b/1/do~k1', state: 'finished' },
    );

    const { code, out } = await paced('-f', listed, '--since', '2026-11-20T00:00:00Z', '-o', 'json');

    expect(compared()).toEqual([
      [{ saga: 's4', operation: 'd~k1', state: 'done', line: 2 }],
      [{ operation: 'a~k2', state: 'done', line: 1, saga: 's1' }],
      [{ line: 0, saga: 's2', operation: 'b~k1', state: 'unknown' }],
    ]);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({
      agreed: 5,
      open: 0,
      older: 1,
      differences: [
        {
          kind: 'done-there-unknown-here',
          line: 3,
          operation: 'x~k1',
          since: '2026-11-20T12:00:00Z',
          repair: { text: expect.stringContaining('no saga that began since 2026-11-20T00:00:00.000Z') },
        },
      ],
      problems: [
        { line: 6, problem: 'line 3 is about the same operation' },
        { line: 8, problem: expect.stringContaining('state has to be one of done') },
      ],
    });
  });
});
