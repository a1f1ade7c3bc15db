import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiFixture } from './api.fixture.js';

const yaml = `saga: delivery
version: 1
key: input.orderId
timeout: 1d
steps:
  - wait: paid
    event: shop.invoice.paid
`;

let api: ApiFixture;

beforeAll(async () => {
  api = await ApiFixture.start();
  await api.send('POST', '/definitions', { files: [{ path: 'delivery.saga.yaml', text: yaml }] });
});

afterAll(() => api.stop());

describe('why a saga waits', () => {
  it('is told with what, since when, until when and who can help', async () => {
    const started = await api.send('POST', '/sagas/delivery', { orderId: 'o-1' }, { 'idempotency-key': 'k' });
    const id = started.body['id'] as string;

    const { status, body } = await api.get(`/sagas/${id}/why`);

    expect([status, body]).toMatchObject([
      200,
      {
        sagas: [
          {
            id,
            definition: 'delivery',
            businessKey: 'o-1',
            waits: [
              {
                text: 'the event shop.invoice.paid of o-1',
                since: expect.stringMatching(/^\d{4}-.*Z$/),
                until: expect.stringMatching(/^\d{4}-.*Z$/),
                help: [{ text: 'whoever publishes shop.invoice.paid: no definition does' }],
              },
            ],
          },
        ],
        circles: [],
        isCut: false,
      },
    ]);
  });

  it('is refused for what is no saga', async () => {
    expect((await api.get('/sagas/nobody/why')).body['code']).toBe('UNKNOWN_SAGA');
  });
});
