import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiFixture } from './api.fixture.js';

const because = { by: 'ann', reason: 'stock take' };
const order = { orderId: 'o-1', total: 10 };

let api: ApiFixture;

beforeAll(async () => {
  api = await ApiFixture.start();
});

afterAll(() => api.stop());

describe('pausing', () => {
  it('shows who did it and why, until somebody resumes it', async () => {
    const { status, body } = await api.send('POST', '/pauses/participant/inventory', because);
    const listed = (await api.get('/pauses')).body['pauses'];
    const at = expect.stringMatching(/^\d{4}-.*Z$/);
    const shown = { kind: 'participant', name: 'inventory', at, ...because, held: 0 };
    const again = await api.send('POST', '/pauses/participant/inventory', because);
    const resumed = await api.send('POST', '/pauses/participant/inventory/resume', {
      by: 'ben',
      reason: 'counted',
    });

    expect([status, body, listed]).toEqual([200, shown, [shown]]);
    expect([again.status, again.body['code']]).toEqual([400, 'INVALID_REQUEST']);
    expect(resumed.body).toEqual({ ...shown, resumed: { at, by: 'ben', reason: 'counted' }, overAt: at });
    expect((await api.get('/pauses')).body['pauses']).toEqual([]);
  });

  it.each<[string, string, object, number, string]>([
    ['of what cannot be paused', '/pauses/topic/x', because, 400, 'INVALID_REQUEST'],
    ['of no such participant', '/pauses/participant/inventroy', because, 400, 'INVALID_REQUEST'],
    ['of no such definition', '/pauses/definition/odrer', because, 404, 'UNKNOWN_DEFINITION'],
    ['of no such saga', '/pauses/saga/x', because, 404, 'UNKNOWN_SAGA'],
    ['without a reason', '/pauses/participant/inventory', {}, 400, 'INVALID_REQUEST'],
    ['of what is not paused', '/pauses/participant/payment/resume', because, 400, 'INVALID_REQUEST'],
    [
      'at no pace',
      '/pauses/participant/payment/resume',
      { ...because, perSecond: 0 },
      400,
      'INVALID_REQUEST',
    ],
  ])('is refused %s', async (_, path, body, status, code) => {
    const answer = await api.send('POST', path, body);

    expect([answer.status, answer.body['code']]).toEqual([status, code]);
  });
});

describe('a saga whose definition is paused', () => {
  it('says so on its page and where it is asked why', async () => {
    await api.send('POST', '/pauses/definition/order-fulfilment', because);
    const started = await api.order(order, 'k-1');
    const id = String(started.body['id']);
    const page = await api.eventually(`/sagas/${id}`, ({ waitsFor }) =>
      JSON.stringify(waitsFor).includes('"pause"'),
    );
    const why = (await api.get(`/sagas/${id}/why`)).body;

    expect(page['paused']).toMatchObject([{ kind: 'definition', name: 'order-fulfilment', ...because }]);
    expect(why['sagas']).toMatchObject([
      { held: [{ text: expect.stringMatching(/^somebody to resume definition/), pause: because }] },
    ]);
    expect(await api.text('/metrics')).toContain('saga_pause_held{');
  });
});
