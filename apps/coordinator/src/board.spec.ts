import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiFixture } from './api.fixture.js';

const pickYaml = `saga: pick
version: 1
owner: yard
key: input.orderId
listen: [{ event: wms.order.cancelled, raise: called-off }]
steps:
  - parallel: both
    branches:
      left: [{ wait: picked, event: wms.order.picked }]
      right: [{ wait: packed, event: wms.order.packed }]
`;

let api: ApiFixture;

beforeAll(async () => {
  api = await ApiFixture.start();
  await api.send('POST', '/definitions', { files: [{ path: 'pick.saga.yaml', text: pickYaml }] });
  for (const orderId of ['o-1', 'o-2'])
    await api.send('POST', '/sagas/pick', { orderId }, { 'idempotency-key': orderId });
});

afterAll(() => api.stop());

describe('the list of sagas', () => {
  it('tells whose they are, and is of one team where that is asked for', async () => {
    const { body } = await api.get('/sagas?owner=yard');

    expect(body['sagas']).toEqual([
      expect.objectContaining({ definition: 'pick', owner: 'yard', businessKey: 'o-2' }),
      expect.objectContaining({ definition: 'pick', owner: 'yard', businessKey: 'o-1' }),
    ]);
    expect((await api.get('/sagas?owner=yrad')).body['detail']).toContain('owners are ');
  });
});

describe('the board', () => {
  it('counts sagas by the blocks they stand at, in their order, and listens to no listener', async () => {
    const { body } = await api.get('/board?definition=pick');

    const aged = { withIncident: 0, overHour: 0, overDay: 0, oldestAt: expect.stringMatching(/Z$/) };
    expect(body['board']).toEqual([
      {
        definition: 'pick',
        owner: 'yard',
        live: 2,
        stages: [
          { stage: 'picked', status: 'running', count: 2, ...aged },
          { stage: 'packed', status: 'running', count: 2, ...aged },
        ],
      },
    ]);
  });

  it('is empty where no saga is live', async () => {
    for (const { id } of (await api.get('/sagas')).body['sagas'] as readonly { readonly id: string }[])
      await api.send('POST', `/sagas/${id}/actions`, { action: 'cancel', by: 'ann' });

    expect((await api.get('/board')).body).toEqual({ board: [] });
  });

  it('is of no definition that there is not', async () => {
    expect((await api.get('/board?definition=park')).status).toBe(404);
  });
});
