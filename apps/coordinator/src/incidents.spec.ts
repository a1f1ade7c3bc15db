import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiFixture, type Answer } from './api.fixture.js';
import { fragileYaml } from './order.fixture.js';

let api: ApiFixture;

/** Starts a saga that comes to an incident, and its path. */
async function stuck(orderId: string): Promise<string> {
  const input = { orderId, total: 10 };
  const { body } = await api.send('POST', '/sagas/fragile-charge', input, { 'idempotency-key': orderId });
  const path = `/sagas/${String(body['id'])}`;
  await api.eventually(path, (saga) => saga['incident'] === true);
  return path;
}

function act(path: string, request: object): Promise<Answer> {
  return api.send('POST', `${path}/actions`, { by: 'ann', ...request });
}

beforeAll(async () => {
  api = await ApiFixture.start();
  await api.send('POST', '/definitions', fragileYaml, { 'content-type': 'application/yaml' });
});

afterAll(() => api.stop());

describe('a saga with an incident', () => {
  it('waits for a person and says about what', async () => {
    const path = await stuck('i-1');

    const { body: saga } = await api.get(path);

    expect(saga).toMatchObject({ status: 'running', incident: true });
    expect(saga['waitsFor']).toEqual([expect.objectContaining({ kind: 'operator', block: 'chargeCard' })]);
    expect(saga['incidents']).toEqual([expect.objectContaining({ block: 'chargeCard' })]);
    expect((await api.get('/sagas?incident=true&key=i-1')).body['sagas']).toHaveLength(1);
    expect(JSON.stringify((await api.get('/incidents')).body)).toContain(path.slice('/sagas/'.length));
  });

  it('goes on after a retry', async () => {
    const path = await stuck('i-2');

    const { status } = await act(path, { action: 'retry', block: 'chargeCard' });
    const saga = await api.eventually(path, (shown) => shown['status'] === 'completed');

    expect([status, saga['incident']]).toEqual([200, false]);
    expect(saga['steps']).toMatchObject({ chargeCard: { outcome: 'succeeded', output: { charge: 'c-2' } } });
    expect(
      (saga['incidents'] as { closedAt?: string }[]).every(({ closedAt }) => closedAt !== undefined),
    ).toBe(true);
  });

  it('goes on with what a person did instead', async () => {
    const path = await stuck('i-3');

    await act(path, { action: 'skip', output: { charge: 'by hand' }, reason: 'paid in the shop' });
    const saga = await api.eventually(path, (shown) => shown['status'] === 'completed');

    expect(saga['steps']).toMatchObject({ chargeCard: { output: { charge: 'by hand' } } });
    expect(JSON.stringify(saga['timeline'])).toContain('ann asked to skip: paid in the shop');
  });

  it('names the blocks there are when another one is meant', async () => {
    const path = await stuck('i-4');

    const { status, body } = await act(path, { action: 'retry', block: 'chargeCart' });

    expect(status).toBe(409);
    expect(body['detail']).toContain('chargeCart');
  });

  it('is undone by cancel', async () => {
    const path = await stuck('i-5');

    await act(path, { action: 'cancel' });

    expect((await api.eventually(path, (shown) => shown['status'] === 'cancelled'))['incident']).toBe(false);
  });
});
