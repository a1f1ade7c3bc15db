import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiFixture } from './api.fixture.js';
import { orderYaml } from './order.fixture.js';

let api: ApiFixture;

beforeAll(async () => {
  api = await ApiFixture.start();
});

afterAll(() => api.stop());

describe('publishing', () => {
  it('makes the topics a definition needs', () => {
    expect(api.service.broker.partitions('courier.commands')).toBe(1);
    expect(api.service.broker.partitions('shop.events')).toBe(1);
  });

  it('changes nothing for the same text', async () => {
    const { body } = await api.send('POST', '/definitions', orderYaml, { 'content-type': 'text/yaml' });

    expect(body['documents']).toEqual([{ kind: 'saga', name: 'order-fulfilment', version: 1, isNew: false }]);
    expect(body['topicsCreated']).toEqual([]);
  });

  it('refuses another text under a published version', async () => {
    const changed = orderYaml.replace('timeout: 30m', 'timeout: 31m');

    const { status, type, body } = await api.send('POST', '/definitions', changed, {
      'content-type': 'application/yaml',
    });

    expect([status, body['code']]).toEqual([409, 'DEFINITION_CONFLICT']);
    expect(type).toContain('application/problem+json');
  });

  it('names every mistake by line and column', async () => {
    const files = [
      {
        path: 'broken.yaml',
        text: 'saga: broken\nversion: 1\nkey: input.id\nsteps:\n  - step: a\n    cal: b.c\n',
      },
    ];

    const { status, body } = await api.send('POST', '/definitions', { files });

    expect([status, body['code']]).toEqual([422, 'INVALID_DEFINITIONS']);
    expect(body['problems']).toEqual(
      expect.arrayContaining([expect.stringMatching(/^broken\.yaml:6:5: error: /)]),
    );
  });

  it('surveys what is published', async () => {
    const { body } = await api.get('/definitions/order-fulfilment/survey');

    expect(body).toMatchObject({ saga: 'order-fulfilment', version: 1, kept: [] });
    expect(body['decisions']).toEqual([
      { block: 'bookCourier:if', decides: 'has(input.wait) && input.wait' },
    ]);
    expect(body['touchpoints']).toContainEqual(
      expect.objectContaining({ block: 'start', way: 'hears', name: 'shop.order.placed' }),
    );
    expect(await api.get('/definitions/order-fulfilment/survey?version=9')).toMatchObject({ status: 404 });
  });

  it('gives back what is published as it was written', async () => {
    const { body } = await api.get('/definitions/texts');

    expect(body['documents']).toEqual([
      { kind: 'saga', name: 'order-fulfilment', version: 1, file: 'body.yaml', text: orderYaml },
    ]);
    expect(body['files']).toEqual([]);
  });

  it('lists what is published', async () => {
    const { body } = await api.get('/definitions');

    expect(body['definitions']).toEqual([
      expect.objectContaining({
        definition: 'order-fulfilment',
        version: 1,
        triggers: ['shop.order.placed'],
      }),
    ]);
  });

  it('refuses a body that holds no definition', async () => {
    expect((await api.send('POST', '/definitions', { files: [] })).status).toBe(400);
    expect(
      (await api.send('POST', '/definitions', '# nothing', { 'content-type': 'text/yaml' })).status,
    ).toBe(400);
  });
});

describe('starting a saga', () => {
  it('answers with the saga that was made', async () => {
    const { status, location, body } = await api.order({ orderId: 's-1', total: 10 }, 'start-1');

    expect([status, body['outcome']]).toEqual([201, 'created']);
    expect(location).toBe(`/sagas/${String(body['id'])}`);
    expect((await api.ended(body['id'], 'completed'))['businessKey']).toBe('s-1');
  });

  it('answers a repeated request with the same saga', async () => {
    const first = await api.order({ orderId: 's-2', total: 10 }, 'start-2');
    const second = await api.order({ orderId: 's-2', total: 10 }, 'start-2');

    expect([second.status, second.body]).toEqual([200, { ...first.body, outcome: 'duplicate' }]);
  });

  it('tells a second start of a business key who won', async () => {
    const winner = await api.order({ orderId: 's-3', total: 10 }, 'start-3a');
    const loser = await api.order({ orderId: 's-3', total: 10 }, 'start-3b');

    expect([loser.status, loser.body['outcome'], loser.body['id']]).toEqual([
      200,
      'duplicate',
      winner.body['id'],
    ]);
  });

  it('refuses an idempotency key that stands for another order', async () => {
    await api.order({ orderId: 's-4', total: 10 }, 'start-4');

    const { status, body } = await api.order({ orderId: 's-4-other', total: 10 }, 'start-4');

    expect([status, body['code']]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });

  it('asks for the idempotency key that is missing', async () => {
    const { status, type, body } = await api.send('POST', '/sagas/order-fulfilment', {
      orderId: 's-5',
      total: 10,
    });

    expect([status, body['code'], body['instance']]).toEqual([
      400,
      'INVALID_REQUEST',
      '/sagas/order-fulfilment',
    ]);
    expect(body['detail']).toContain('Idempotency-Key');
    expect(type).toContain('application/problem+json');
  });

  it('names the published definitions when the one wanted is not', async () => {
    const { status, body } = await api.send('POST', '/sagas/oder-fulfilment', {}, { 'idempotency-key': 'x' });

    expect([status, body['code']]).toEqual([404, 'UNKNOWN_DEFINITION']);
    expect(body['detail']).toContain('order-fulfilment');
  });

  it('lists everything that is wrong with the input', async () => {
    const { status, body } = await api.order({ orderId: 7 }, 'start-6');

    expect([status, body['code']]).toEqual([422, 'INVALID_INPUT']);
    expect(body['problems']).toHaveLength(2);
  });

  it.each([
    ['is not JSON', '{"orderId": ', 400],
    ['holds a NUL character', '{"orderId": "s-\\u0000", "total": 1}', 422],
    ['has a business key of 3,000 bytes', JSON.stringify({ orderId: 'x'.repeat(3_000), total: 1 }), 422],
    [
      'is larger than a body may be',
      JSON.stringify({ orderId: 's-7', total: 1, card: 'x'.repeat(1_000_001) }),
      413,
    ],
    [
      'is larger than a record may be',
      JSON.stringify({ orderId: 's-8', total: 1, card: 'x'.repeat(950_000) }),
      413,
    ],
  ])('turns away an input that %s', async (_what, input, expected) => {
    const { status, type, body } = await api.order(input, `bad-${expected}-${input.length}`);

    expect([status, body['status']]).toEqual([expected, expected]);
    expect(type).toContain('application/problem+json');
  });

  it('turns away a content type it cannot read', async () => {
    const { status } = await api.send('POST', '/sagas/order-fulfilment', '<order/>', {
      'content-type': 'application/xml',
      'idempotency-key': 'x',
    });

    expect(status).toBe(415);
  });
});
