import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Json } from '#libs/messaging';
import { orderYaml } from './order.fixture.js';
import { runningService, type RunningService } from './service.fixture.js';

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly location: string | undefined;
  // A body is whatever the service said; each test looks at what it is about.
  readonly body: Readonly<Record<string, Json>>;
}

let service: RunningService;

async function send(method: 'GET' | 'POST', url: string, payload?: string | object, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const response = await service.app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
  const { location } = response.headers;
  return {
    status: response.statusCode,
    type: String(response.headers['content-type']),
    location: typeof location === 'string' ? location : undefined,
    body: response.json(),
  };
}

function start(input: object | string, key: string): Promise<Answer> {
  return send('POST', '/sagas/order-fulfilment', input, { 'idempotency-key': key, 'content-type': 'application/json' });
}

async function eventually(url: string, isAsWanted: (body: Answer['body']) => boolean): Promise<Answer['body']> {
  const deadline = performance.now() + 5_000;
  for (;;) {
    const { body } = await send('GET', url);
    if (isAsWanted(body)) return body;
    if (performance.now() > deadline) throw new Error(`${url} did not come to what was waited for: ${JSON.stringify(body).slice(0, 2_000)}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

function ended(id: Json | undefined, status: string): Promise<Answer['body']> {
  return eventually(`/sagas/${String(id)}`, (body) => body['status'] === status);
}

beforeAll(async () => {
  service = await runningService();
  await eventually('/health/ready', (body) => body['status'] === 'up');
  const { status, body } = await send('POST', '/definitions', orderYaml, { 'content-type': 'application/yaml' });
  if (status !== 200) throw new Error(JSON.stringify(body));
});

afterAll(() => service.stop());

describe('publishing', () => {
  it('makes the topics a definition needs', () => {
    expect(service.broker.partitions('courier.commands')).toBe(1);
    expect(service.broker.partitions('shop.events')).toBe(1);
  });

  it('changes nothing for the same text', async () => {
    const { body } = await send('POST', '/definitions', orderYaml, { 'content-type': 'text/yaml' });

    expect(body['documents']).toEqual([{ kind: 'saga', name: 'order-fulfilment', version: 1, isNew: false }]);
    expect(body['topicsCreated']).toEqual([]);
  });

  it('refuses another text under a published version', async () => {
    const changed = orderYaml.replace('timeout: 30m', 'timeout: 31m');

    const { status, type, body } = await send('POST', '/definitions', changed, { 'content-type': 'application/yaml' });

    expect([status, body['code']]).toEqual([409, 'DEFINITION_CONFLICT']);
    expect(type).toContain('application/problem+json');
  });

  it('names every mistake by line and column', async () => {
    const files = [{ path: 'broken.yaml', text: 'saga: broken\nversion: 1\nkey: input.id\nsteps:\n  - step: a\n    cal: b.c\n' }];

    const { status, body } = await send('POST', '/definitions', { files });

    expect([status, body['code']]).toEqual([422, 'INVALID_DEFINITIONS']);
    expect(body['problems']).toEqual(expect.arrayContaining([expect.stringMatching(/^broken\.yaml:6:5: error: /)]));
  });

  it('lists what is published', async () => {
    const { body } = await send('GET', '/definitions');

    expect(body['definitions']).toEqual([
      expect.objectContaining({ definition: 'order-fulfilment', version: 1, triggers: ['shop.order.placed'] }),
    ]);
  });

  it('refuses a body that holds no definition', async () => {
    expect((await send('POST', '/definitions', { files: [] })).status).toBe(400);
    expect((await send('POST', '/definitions', '# nothing', { 'content-type': 'text/yaml' })).status).toBe(400);
  });
});

describe('starting a saga', () => {
  it('answers with the saga that was made', async () => {
    const { status, location, body } = await start({ orderId: 's-1', total: 10 }, 'start-1');

    expect([status, body['outcome']]).toEqual([201, 'created']);
    expect(location).toBe(`/sagas/${String(body['id'])}`);
    expect((await ended(body['id'], 'completed'))['businessKey']).toBe('s-1');
  });

  it('answers a repeated request with the same saga', async () => {
    const first = await start({ orderId: 's-2', total: 10 }, 'start-2');
    const second = await start({ orderId: 's-2', total: 10 }, 'start-2');

    expect([second.status, second.body]).toEqual([200, { ...first.body, outcome: 'duplicate' }]);
  });

  it('tells a second start of a business key who won', async () => {
    const winner = await start({ orderId: 's-3', total: 10 }, 'start-3a');
    const loser = await start({ orderId: 's-3', total: 10 }, 'start-3b');

    expect([loser.status, loser.body['outcome'], loser.body['id']]).toEqual([200, 'duplicate', winner.body['id']]);
  });

  it('refuses an idempotency key that stands for another order', async () => {
    await start({ orderId: 's-4', total: 10 }, 'start-4');

    const { status, body } = await start({ orderId: 's-4-other', total: 10 }, 'start-4');

    expect([status, body['code']]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  it('asks for the idempotency key that is missing', async () => {
    const { status, type, body } = await send('POST', '/sagas/order-fulfilment', { orderId: 's-5', total: 10 });

    expect([status, body['code'], body['instance']]).toEqual([400, 'INVALID_REQUEST', '/sagas/order-fulfilment']);
    expect(body['detail']).toContain('Idempotency-Key');
    expect(type).toContain('application/problem+json');
  });

  it('names the published definitions when the one wanted is not', async () => {
    const { status, body } = await send('POST', '/sagas/oder-fulfilment', {}, { 'idempotency-key': 'x' });

    expect([status, body['code']]).toEqual([404, 'UNKNOWN_DEFINITION']);
    expect(body['detail']).toContain('order-fulfilment');
  });

  it('lists everything that is wrong with the input', async () => {
    const { status, body } = await start({ orderId: 7 }, 'start-6');

    expect([status, body['code']]).toEqual([422, 'INVALID_INPUT']);
    expect(body['problems']).toHaveLength(2);
  });

  it.each([
    ['is not JSON', '{"orderId": ', 400],
    ['holds a NUL character', '{"orderId": "s-\\u0000", "total": 1}', 422],
    ['has a business key of 3,000 bytes', JSON.stringify({ orderId: 'x'.repeat(3_000), total: 1 }), 422],
    ['is larger than a body may be', JSON.stringify({ orderId: 's-7', total: 1, card: 'x'.repeat(1_000_001) }), 413],
    ['is larger than a record may be', JSON.stringify({ orderId: 's-8', total: 1, card: 'x'.repeat(950_000) }), 413],
  ])('turns away an input that %s', async (_what, input, expected) => {
    const { status, type, body } = await start(input, `bad-${expected}-${input.length}`);

    expect([status, body['status']]).toEqual([expected, expected]);
    expect(type).toContain('application/problem+json');
  });

  it('turns away a content type it cannot read', async () => {
    const { status } = await send('POST', '/sagas/order-fulfilment', '<order/>', { 'content-type': 'application/xml', 'idempotency-key': 'x' });

    expect(status).toBe(415);
  });
});

describe('a saga that was refused at its last step', () => {
  it('shows in words what happened and what was undone', async () => {
    const { body } = await start({ orderId: 'c-1', total: 5_000 }, 'refused-1');
    const saga = await ended(body['id'], 'compensated');
    const told = (saga['timeline'] as { text: string }[]).map(({ text }) => text.replace(/after [\d.]+ m?s/, 'after a while'));

    expect(told).toEqual([
      expect.stringMatching(/^started by /),
      'sent inventory.reserve for reserveStock',
      'reserveStock succeeded after a while',
      'sent payment.charge for chargeCard',
      'chargeCard succeeded after a while',
      'sent shipping.arrange for arrangeShipping',
      'arrangeShipping rejected with no-carrier after a while',
      'sent payment.refund to undo chargeCard',
      'undo of chargeCard succeeded after a while',
      'sent inventory.release to undo reserveStock',
      'undo of reserveStock succeeded after a while',
      'published shop.order.rejected',
      'compensated because arrangeShipping raised no-carrier',
    ]);
    expect(saga['waitsFor']).toEqual([]);
    expect((saga['history'] as unknown[]).length).toBeGreaterThan(1);
  });
});

describe('a saga that waits for a participant', () => {
  it('says for what and until when', async () => {
    const { body } = await start({ orderId: 'w-1', total: 10, wait: true }, 'wait-1');
    const saga = await eventually(`/sagas/${String(body['id'])}`, (shown) => JSON.stringify(shown['waitsFor']).includes('courier'));

    expect(saga['waitsFor']).toEqual([expect.objectContaining({ kind: 'answer', block: 'bookCourier', text: 'the answer of courier.book to bookCourier' })]);
    expect(Date.parse(String(saga['nextTimerAt']))).toBeGreaterThan(Date.parse(String(saga['startedAt'])));
  });

  it('takes a request to cancel and records who asked', async () => {
    const { body } = await start({ orderId: 'w-2', total: 10, wait: true }, 'wait-2');
    const path = `/sagas/${String(body['id'])}`;

    const answer = await send('POST', `${path}/actions`, { action: 'cancel', by: 'ann', reason: 'customer called' });
    const saga = await eventually(path, (shown) => shown['status'] !== 'running');

    expect([answer.status, answer.body['outcome']]).toEqual([200, 'done']);
    expect(saga['audits']).toEqual(expect.arrayContaining([expect.objectContaining({ action: 'cancel', by: 'ann', reason: 'customer called', result: 'done' })]));
    expect(JSON.stringify(saga['timeline'])).toContain('ann asked to cancel: customer called');
  });

  it('refuses to retry what nothing is wrong with', async () => {
    const { body } = await start({ orderId: 'w-3', total: 10, wait: true }, 'wait-3');

    const { status, type, body: problem } = await send('POST', `/sagas/${String(body['id'])}/actions`, { action: 'retry' });

    expect([status, problem['code']]).toEqual([409, 'REFUSED']);
    expect(String(problem['detail'])).not.toBe('');
    expect(type).toContain('application/problem+json');
  });

  it('takes the same request twice as one', async () => {
    const { body } = await start({ orderId: 'w-4', total: 10, wait: true }, 'wait-4');
    const path = `/sagas/${String(body['id'])}/actions`;

    const first = await send('POST', path, { action: 'retry' }, { 'idempotency-key': 'r-1' });
    const second = await send('POST', path, { action: 'retry' }, { 'idempotency-key': 'r-1' });

    expect(second.body['request']).toBe(first.body['request']);
  });
});

describe('an action that makes no sense', () => {
  const unknown = '/sagas/0193b5a0-0000-7000-8000-000000000000';

  it.each([
    ['no saga has the id', unknown, { action: 'retry' }, 404, 'UNKNOWN_SAGA'],
    ['the id is none', '/sagas/order-1', { action: 'retry' }, 404, 'UNKNOWN_SAGA'],
    ['there is no such action', unknown, { action: 'restart' }, 400, 'INVALID_REQUEST'],
    ['a field is misspelt', unknown, { action: 'retry', blok: 'a' }, 400, 'INVALID_REQUEST'],
    ['an output is given to retry', unknown, { action: 'retry', output: 1 }, 400, 'INVALID_REQUEST'],
    ['the reason holds a NUL character', unknown, { action: 'retry', reason: '\0' }, 400, 'INVALID_REQUEST'],
    ['the body is a list', unknown, [], 400, 'INVALID_REQUEST'],
  ])('is refused because %s', async (_why, path, body, status, code) => {
    const answer = await send('POST', `${path}/actions`, body);

    expect([answer.status, answer.body['code']]).toEqual([status, code]);
  });
});

describe('listing sagas', () => {
  it('finds one by its business key', async () => {
    const { body } = await start({ orderId: 'l-1', total: 10 }, 'list-1');

    const { body: listed } = await send('GET', '/sagas?key=l-1');

    expect(listed['sagas']).toEqual([expect.objectContaining({ id: body['id'], definition: 'order-fulfilment', businessKey: 'l-1' })]);
  });

  it('goes page by page', async () => {
    for (const order of ['p-1', 'p-2', 'p-3']) await start({ orderId: order, total: 10 }, order);

    const first = (await send('GET', '/sagas?limit=2')).body;
    const second = (await send('GET', `/sagas?limit=2&before=${String(first['next'])}`)).body;
    const keys = (page: Answer['body']) => (page['sagas'] as { businessKey: string }[]).map(({ businessKey }) => businessKey);

    expect([...keys(first), ...keys(second)].slice(0, 3)).toEqual(['p-3', 'p-2', 'p-1']);
  });

  it.each(['statsu=running', 'status=runing', 'limit=0', 'limit=many', 'limit=501', 'incident=yes', 'before=abc', 'key=%00'])(
    'refuses ?%s',
    async (query) => {
      const { status, body } = await send('GET', `/sagas?${query}`);

      expect([status, body['code']]).toEqual([400, 'INVALID_REQUEST']);
    },
  );
});

describe('a record that cannot be read', () => {
  const at = '/parked/shop.events/0';

  async function parkedOffset(value: string): Promise<number> {
    const offset = service.broker.log({ topic: 'shop.events', part: 0 })!.end;
    const headers = { ce_id: `bad-${offset}`, ce_source: '/shop', ce_type: 'shop.order.placed' };
    service.broker.append({ topic: 'shop.events', part: 0, key: 'k', value, headers });
    await eventually('/parked', (body) => JSON.stringify(body['parked']).includes(`"offset":${offset},`));
    return offset;
  }

  it('is shown with its bytes and a reason', async () => {
    const offset = await parkedOffset('not json');

    const rows = (await send('GET', '/parked')).body['parked'] as Readonly<Record<string, Json>>[];

    expect(rows.find((row) => row['offset'] === offset)).toMatchObject({ topic: 'shop.events', reason: 'not-json', value: { text: 'not json' } });
  });

  it('is given up by skip, once', async () => {
    const offset = await parkedOffset('not json either');

    const first = await send('POST', `${at}/${offset}/skip`, { by: 'ann' });
    const second = await send('POST', `${at}/${offset}/skip`, { by: 'bob' });

    expect([first.status, second.status, second.body['code']]).toEqual([200, 404, 'UNKNOWN_PARKED_RECORD']);
  });

  it('is sent again by redrive', async () => {
    const offset = await parkedOffset('still not json');
    const { end } = service.broker.log({ topic: 'shop.events', part: 0 })!;

    const { status } = await send('POST', `${at}/${offset}/redrive`);
    const again = await eventually('/parked', (body) => JSON.stringify(body['parked']).includes(`"offset":${end},`));

    expect(status).toBe(200);
    expect((again['parked'] as { offset: number }[]).some((row) => row.offset === offset)).toBe(false);
  });

  it('has to be named by numbers', async () => {
    expect((await send('POST', `${at}/last/skip`)).status).toBe(400);
  });
});

describe('looking at the service', () => {
  it('shows lanes of home and domain topics', async () => {
    const { body } = await send('GET', '/lanes');
    const topics = new Set((body['lanes'] as { topic: string }[]).map(({ topic }) => topic));

    expect(topics).toEqual(new Set(['skald.home', 'shop.events']));
  });

  it('lists open incidents', async () => {
    expect((await send('GET', '/incidents')).body['incidents']).toEqual([]);
  });

  it('is alive and ready', async () => {
    expect((await send('GET', '/health/live')).body).toEqual({ status: 'up' });
    expect((await send('GET', '/health/ready')).body).toEqual({ status: 'up', checks: { lanes: 'up', database: 'up' } });
  });

  it('answers unknown paths with problem details', async () => {
    const { status, type, body } = await send('GET', '/saga');

    expect([status, body['code']]).toEqual([404, 'NOT_FOUND']);
    expect(type).toContain('application/problem+json');
  });

  it('logs nothing of what sagas carry', async () => {
    await start({ orderId: 'secret-order', total: 10, card: '4111-1111' }, 'secret-key');
    await start({ orderId: 'secret-order', total: 'x', card: '4111-1111' }, 'secret-key-2');

    expect(service.logged.join('')).not.toMatch(/4111-1111|secret-order|not json/);
  });
});
