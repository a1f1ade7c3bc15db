import { Readable } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ApiFixture } from './api.fixture.js';
import { runningService, type RunningService } from './service.fixture.js';

// Each test starts a coordinator of its own, and the machine may be busy.
jest.setTimeout(30_000);

type Body = Readonly<Record<string, unknown>>;

const contract = (more: string): string =>
  `participant: inventory\ncommands: { reserve: {}, release: {}${more} }\n`;
const takeOut = '/export?by=ann&reason=we+move';

let source: ApiFixture;
let target: RunningService;
let ids: readonly string[];
let exported: string;

beforeAll(async () => {
  source = await ApiFixture.start();
  for (const more of ['', ', count: {}']) {
    const files = [{ path: 'inventory.yaml', text: contract(more) }];
    const { status, body } = await source.send('POST', '/definitions', { files });
    if (status !== 200) throw new Error(JSON.stringify(body));
  }
  const orders = [
    ['o-1', { orderId: 'o-1', total: 10 }, 'completed'],
    ['o-2', { orderId: 'o-2', total: 2_000 }, 'compensated'],
  ] as const;
  const started: string[] = [];
  for (const [key, input, status] of orders) {
    const { body } = await source.order(input, key);
    await source.ended(body['id'], status);
    started.push(String(body['id']));
  }
  ids = started;
  await source.order({ orderId: 'o-3', total: 10, wait: true }, 'o-3');
  exported = await source.text(takeOut);
});

afterAll(() => source.stop());

beforeEach(async () => {
  target = await runningService();
});

afterEach(() => target.stop());

describe('an export', () => {
  it('is refused to who does not say why', async () => {
    expect(await source.get('/export?by=ann')).toMatchObject({ status: 400 });
  });

  it('says what it holds and what it leaves out', () => {
    const lines = linesOf(exported);

    expect(lines[0]).toMatchObject({ kind: 'skald-export', format: 1, installation: 'skald' });
    expect(lines.filter(({ kind }) => kind === 'definition').map(({ name }) => name)).toEqual([
      'order-fulfilment',
      'inventory',
      'inventory',
    ]);
    expect(new Set(lines.filter(({ kind }) => kind === 'saga').map(({ id }) => id))).toEqual(new Set(ids));
    expect(lines.at(-1)).toEqual({ kind: 'end', definitions: 3, files: 0, sagas: 2, leftOut: 1 });
  });
});

describe('an import into an empty installation', () => {
  it('brings the same definitions, sagas and histories', async () => {
    const { status, body } = await importing(exported);

    expect([status, body]).toEqual([
      200,
      expect.objectContaining({ from: 'skald', definitions: 3, sagas: 2, newSagas: 2, leftOut: 1 }),
    ]);
    for (const path of [...ids.map((id) => `/sagas/${id}`), '/definitions/order-fulfilment/survey'])
      expect(await ask(path)).toEqual((await source.get(path)).body);
    const again = (await target.app.inject({ method: 'GET', url: takeOut })).body;
    expect(linesOf(again).slice(1, -1)).toEqual(linesOf(exported).slice(1, -1));
  });

  it('starts no second saga of a key that came along', async () => {
    await importing(exported);

    const started = await target.app.inject({
      method: 'POST',
      url: '/sagas/order-fulfilment',
      headers: { 'idempotency-key': 'again' },
      payload: { orderId: 'o-1', total: 10 },
    });

    expect(started.json()).toMatchObject({ outcome: 'duplicate', id: ids[0] });
  });

  it('makes the topics that definitions need', async () => {
    const { body } = await importing(exported);

    expect(body['topicsCreated']).toContain('courier.commands');
  });

  it('goes on where it was cut off', async () => {
    const lines = exported.trimEnd().split('\n');
    const cutOff = await importing(lines.slice(0, -2).join('\n'));

    expect(cutOff).toMatchObject({ status: 400, body: { detail: expect.stringContaining('cut off') } });
    expect(await importing(exported)).toMatchObject({ status: 200, body: { newSagas: 2 } });
    expect(await importing(exported)).toMatchObject({ status: 200, body: { newSagas: 0 } });
  });

  it('takes more than another body may have', async () => {
    expect(await importing(exported + '\n'.repeat(1_500_000))).toMatchObject({ status: 200 });
  });

  it('is answered before all of it was sent', async () => {
    await target.app.listen(0, '127.0.0.1');
    const piece = 'not JSON\n'.repeat(100_000);
    const body = Readable.toWeb(Readable.from(Array.from({ length: 20 }, () => Buffer.from(piece))));
    const headers = { 'content-type': 'application/x-ndjson' };

    const url = `${await target.app.getUrl()}/import`;
    const answer = await fetch(url, { method: 'POST', headers, body, duplex: 'half' });

    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ detail: expect.stringMatching(/^line 1: it is not JSON/) });
  });

  it('names the line that is wrong and takes nothing of it', async () => {
    const lines = exported.trimEnd().split('\n');
    const last = lines.at(-2)!;
    const wrong = last.replace(/"status":"\w+"/, '"status":"running"');

    const { status, body } = await importing([...lines.slice(0, -2), wrong, lines.at(-1)].join('\n'));

    expect([status, body['detail']]).toEqual([
      400,
      `line ${lines.length - 1}: status is "running", and has to be one of completed, compensated, cancelled`,
    ]);
    expect(await ask(`/sagas/${String(linesOf(last)[0]!['id'])}`)).toMatchObject({ status: 404 });
  });
});

describe('an import into an installation in use', () => {
  it('is refused', async () => {
    const answer = await source.send('POST', '/import', exported.replace('"skald"', '"elsewhere"'), {
      'content-type': 'application/x-ndjson',
    });

    expect(answer).toMatchObject({ status: 409, body: { code: 'NOT_EMPTY' } });
  });

  it('is the only request of its content type', async () => {
    const answer = await source.send('POST', '/sagas/order-fulfilment', exported, {
      'content-type': 'application/x-ndjson',
      'idempotency-key': 'lines',
    });

    expect(answer.status).toBe(415);
  });

  it('is refused in another format', async () => {
    expect(await source.send('POST', '/import', { sagas: [] })).toMatchObject({ status: 400 });
  });
});

async function importing(payload: string): Promise<{ readonly status: number; readonly body: Body }> {
  const headers = { 'content-type': 'application/x-ndjson', 'x-skald-by': 'ann' };
  const response = await target.app.inject({ method: 'POST', url: '/import', headers, payload });
  return { status: response.statusCode, body: response.json() };
}

async function ask(url: string): Promise<Body> {
  return (await target.app.inject({ method: 'GET', url })).json();
}

function linesOf(text: string): readonly Body[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Body);
}
