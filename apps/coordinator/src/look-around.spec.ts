import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiFixture, type Answer } from './api.fixture.js';

let api: ApiFixture;

beforeAll(async () => {
  api = await ApiFixture.start();
});

afterAll(() => api.stop());

describe('metrics', () => {
  it('tell of sagas under way and ended, and of lanes', async () => {
    await api.order({ orderId: 'm-1', total: 10, wait: true }, 'metrics-1');

    const page = await api.eventuallyText('/metrics', (text) => /^saga_cycle_duration_bucket/m.test(text));

    expect(page).toMatch(/^saga_started_total\{saga_definition="order-fulfilment",saga_version="1"\} [1-9]/m);
    expect(page).toMatch(/^saga_live\{saga_definition="order-fulfilment",saga_status="running"\} [1-9]/m);
    expect(page).toMatch(/^saga_lane_lag\{messaging_destination_name="[^"]+"/m);
    expect(page).toMatch(/^saga_cycle_duration_bucket\{le="10"\} [1-9]/m);
  });
});

describe('a name that comes from outside', () => {
  it('is no attribute of metrics', async () => {
    const name = 'from-outside';
    await api.send('POST', `/sagas/${name}`, { orderId: name }, { 'idempotency-key': name });
    await api.send('POST', `/webhooks/${name}`, { orderId: name });
    const { body } = await api.order({ orderId: name, total: 10_000 }, name);
    await api.ended(body['id'], 'compensated');
    for (const type of [name, 'shop.order.placed']) {
      const headers = { ce_id: `${type}-${name}`, ce_source: `/${name}`, ce_type: type, [name]: name };
      api.service.broker.append({ topic: 'shop.events', part: 0, key: name, value: name, headers });
    }

    const counted = [/^saga_records_parked_total\{/m, /^saga_finished_total\{[^}]*"compensated"\} [1-9]/m];
    const page = await api.eventuallyText('/metrics', (text) => counted.every((line) => line.test(text)));

    expect(page).not.toContain(name);
  });
});

describe('listing sagas', () => {
  it('finds one by its business key', async () => {
    const { body } = await api.order({ orderId: 'l-1', total: 10 }, 'list-1');

    const { body: listed } = await api.get('/sagas?key=l-1');

    expect(listed['sagas']).toEqual([
      expect.objectContaining({ id: body['id'], definition: 'order-fulfilment', businessKey: 'l-1' }),
    ]);
  });

  it('goes page by page', async () => {
    for (const order of ['p-1', 'p-2', 'p-3']) await api.order({ orderId: order, total: 10 }, order);

    const first = (await api.get('/sagas?limit=2')).body;
    const second = (await api.get(`/sagas?limit=2&before=${String(first['next'])}`)).body;
    const keys = (page: Answer['body']) =>
      (page['sagas'] as { businessKey: string }[]).map(({ businessKey }) => businessKey);

    expect([...keys(first), ...keys(second)].slice(0, 3)).toEqual(['p-3', 'p-2', 'p-1']);
  });

  it('says of a definition that there is none of this name', async () => {
    const { status, body } = await api.get('/sagas?definition=order-fulfillment');

    expect([status, body['code'], body['detail']]).toEqual([
      404,
      'UNKNOWN_DEFINITION',
      'there is no definition "order-fulfillment". Did you mean "order-fulfilment"?',
    ]);
  });

  it.each([
    'statsu=running',
    'status=runing',
    'limit=0',
    'limit=many',
    'limit=501',
    'incident=yes',
    'before=abc',
    'key=%00',
  ])('refuses ?%s', async (query) => {
    const { status, body } = await api.get(`/sagas?${query}`);

    expect([status, body['code']]).toEqual([400, 'INVALID_REQUEST']);
  });
});

describe('looking at the service', () => {
  it('shows lanes of home and domain topics', async () => {
    const topicsIn = (body: Answer['body']) =>
      new Set((body['lanes'] as { topic: string }[]).map(({ topic }) => topic));

    const body = await api.eventually('/lanes', (shown) => topicsIn(shown).size === 2);

    expect(topicsIn(body)).toEqual(new Set(['skald.home', 'shop.events']));
  });

  it('lists open incidents', async () => {
    expect((await api.get('/incidents')).body['incidents']).toEqual([]);
  });

  it('is alive and ready', async () => {
    expect((await api.get('/health/live')).body).toEqual({ status: 'up' });
    expect((await api.get('/health/ready')).body).toEqual({
      status: 'up',
      checks: { lanes: 'up', database: 'up' },
    });
  });

  it('answers unknown paths with problem details', async () => {
    const { status, type, body } = await api.get('/saga');

    expect([status, body['code']]).toEqual([404, 'NOT_FOUND']);
    expect(type).toContain('application/problem+json');
  });

  it('logs nothing of what sagas carry', async () => {
    await api.order({ orderId: 'secret-order', total: 10, card: '4111-1111' }, 'secret-key');
    await api.order({ orderId: 'secret-order', total: 'x', card: '4111-1111' }, 'secret-key-2');

    expect(api.service.logged.join('')).not.toMatch(/4111-1111|secret-order|not json/);
  });
});
