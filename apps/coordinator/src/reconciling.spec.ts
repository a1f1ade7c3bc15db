import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Json } from '#libs/messaging';
import { ApiFixture, type Answer } from './api.fixture.js';

jest.setTimeout(30_000);

let api: ApiFixture;
let saga: Json;

beforeAll(async () => {
  api = await ApiFixture.start();
  saga = (await api.order({ orderId: 'd-1', total: 10 }, 'd-1')).body['id']!;
  await api.ended(saga, 'completed');
});

afterAll(() => api.stop());

const window = 'from=2020-01-01T00:00:00Z&until=2100-01-01T00:00:00Z';

function compare(body: object): Promise<Answer> {
  return api.send('POST', '/participants/payment/comparison', body);
}

async function chargeKey(): Promise<string> {
  const { body } = await api.get(`/participants/payment/operations?${window}`);
  const [asked] = body['operations'] as unknown as readonly { readonly keys: readonly string[] }[];
  return asked!.keys[0]!;
}

describe('the list of a participant', () => {
  it('is held against what sagas believe', async () => {
    const operation = await chargeKey();

    const { status, body } = await compare({
      operations: [
        { saga, operation, state: 'done' },
        { saga, operation, state: 'unknown', at: '2030-01-01T00:00:00Z' },
        { saga, operation: 'chargeCard/1/do~k1.made-up', state: 'done' },
      ],
    });

    expect([status, body]).toEqual([
      200,
      {
        agreed: 1,
        open: 0,
        differences: [
          {
            kind: 'done-here-missing-there',
            line: 2,
            saga,
            operation,
            definition: 'order-fulfilment',
            businessKey: 'd-1',
            block: 'chargeCard',
            since: '2030-01-01T00:00:00.000Z',
            repair: { text: expect.stringContaining('do it again in payment by hand') },
          },
        ],
        problems: [{ line: 3, problem: expect.stringContaining('nothing was asked for under this key') }],
      },
    ]);
  });

  it('is about nothing that has moved since it was made', async () => {
    const line = { saga, operation: await chargeKey(), state: 'unknown' };

    const { body } = await compare({ operations: [line], takenAt: '2020-01-01T00:00:00Z' });

    expect(body).toMatchObject({ open: 1, differences: [] });
  });

  it('has to be a list, and not too long', async () => {
    const answers = [
      await compare({ operations: 'all' }),
      await compare({ operations: Array.from({ length: 501 }, () => ({})) }),
      await compare({ operations: [], takenAt: 'now' }),
    ];

    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400]);
  });
});

describe('what a participant was asked for', () => {
  it('is told by when the sagas began', async () => {
    const { body } = await api.get(`/participants/shipping/operations?${window}&limit=1`);

    expect(body).toEqual({
      operations: [{ saga, keys: [expect.stringMatching(/^arrangeShipping\/1\/do~/)], isDone: true }],
      next: saga,
    });
    expect((await api.get(`/participants/shipping/operations?${window}&after=${String(saga)}`)).body).toEqual(
      {
        operations: [],
      },
    );
  });

  it('needs a time, and a participant that is called', async () => {
    const answers = [
      await api.get('/participants/shipping/operations?from=2020-01-01T00:00:00Z'),
      await api.get(`/participants/nobody/operations?${window}`),
    ];

    expect(answers.map(({ status }) => status)).toEqual([400, 400]);
  });
});
