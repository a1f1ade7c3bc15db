import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiFixture } from './api.fixture.js';

const pickYaml = `saga: pick
version: 1
key: input.orderId
steps:
  - wait: picked
    event: wms.order.picked
`;

let api: ApiFixture;
let saga: string;

beforeAll(async () => {
  api = await ApiFixture.start();
  await api.send('POST', '/definitions', { files: [{ path: 'pick.saga.yaml', text: pickYaml }] });
  const { body } = await api.send('POST', '/sagas/pick', { orderId: 'o-1' }, { 'idempotency-key': 'o-1' });
  saga = String(body['id']);
});

afterAll(() => api.stop());

describe('the time of sagas', () => {
  it('is reported of those that have ended', async () => {
    expect((await api.get('/time?definition=pick')).body).toEqual({ time: [] });
    expect((await api.get('/time?definition=none')).status).toBe(404);
  });
});

describe('a definition that nobody has published', () => {
  it.each(['/quality', '/quality/repairs', '/tasks', '/time', '/board', '/stalled', '/sagas'])(
    'is not taken by %s for one without anything',
    async (path) => {
      const { status, body } = await api.get(`${path}?definition=pikc`);

      expect([status, body['detail']]).toEqual([404, 'there is no definition "pikc". Did you mean "pick"?']);
    },
  );
});

describe('a verdict', () => {
  it('is refused about a saga that runs', async () => {
    const { status, body } = await api.send('POST', `/sagas/${saga}/verdict`, {
      verdict: 'bad',
      reason: 'x',
    });

    expect([status, body['detail']]).toEqual([400, expect.stringContaining('judge it when it has ended')]);
  });

  it('is refused when it is none, or nobody says how it is known', async () => {
    expect((await api.send('POST', `/sagas/${saga}/verdict`, { verdict: 'awful', reason: 'x' })).status).toBe(
      400,
    );
    expect((await api.send('POST', `/sagas/${saga}/verdict`, { verdict: 'bad' })).status).toBe(400);
  });

  it('is kept on the page of the saga and counted', async () => {
    await api.send('POST', `/sagas/${saga}/actions`, { action: 'cancel', by: 'ann' });
    const given = { verdict: 'bad', by: 'ann', reason: 'the customer called' };

    expect((await api.send('POST', `/sagas/${saga}/verdict`, given)).status).toBe(200);

    const { body } = await api.get(`/sagas/${saga}`);
    expect(body['audits']).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ action: 'judge', by: 'ann', reason: 'the customer called', detail: 'bad' }),
      ]),
    );
    expect((await api.get('/quality?definition=pick&days=7')).body).toEqual({
      quality: [expect.objectContaining({ definition: 'pick', made: 1, cancelled: 1, bad: 1, unknown: 0 })],
    });
  });
});
