import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiFixture } from './api.fixture.js';

const delivery = `saga: deliver
version: 1
key: input.orderId
steps:
  - lock: slot
    resource: slot/\${ input.slot }
  - wait: truck
    for: 1h
`;

let api: ApiFixture;

async function start(orderId: string): Promise<string> {
  const { body } = await api.send(
    'POST',
    '/sagas/deliver',
    { orderId, slot: 'A' },
    { 'idempotency-key': orderId },
  );
  return String(body['id']);
}

beforeAll(async () => {
  api = await ApiFixture.start();
  await api.send('POST', '/definitions', delivery, { 'content-type': 'application/yaml' });
});

afterAll(() => api.stop());

describe('GET /locks', () => {
  it('says who holds them and who waits', async () => {
    const first = await start('O1');
    await api.eventually('/locks', ({ locks }) => (locks as readonly unknown[]).length === 1);
    const second = await start('O2');
    const { locks } = await api.eventually(
      '/locks?resource=slot/A&waited=true',
      (body) => (body['locks'] as readonly unknown[]).length === 1,
    );

    expect(locks).toEqual([
      {
        resource: 'slot/A',
        holder: {
          saga: first,
          definition: 'deliver',
          key: 'O1',
          block: 'slot',
          token: expect.any(Number),
          since: expect.stringContaining('T'),
          leasedUntil: expect.stringContaining('T'),
          keeps: false,
        },
        waiting: [
          {
            saga: second,
            definition: 'deliver',
            key: 'O2',
            block: 'slot',
            conflict: 'wait',
            since: expect.stringContaining('T'),
          },
        ],
      },
    ]);
  });

  it('refuses a filter that makes no sense', async () => {
    expect((await api.send('GET', '/locks?limit=0')).status).toBe(400);
  });
});
