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

describe('many sagas with an incident of one cause', () => {
  it('are one group, and are retried page by page with one reason', async () => {
    const paths = await Promise.all(['m-1', 'm-2', 'm-3'].map(stuck));
    const cause = { definition: 'fragile-charge', block: 'chargeCard' };

    const { body } = await api.get('/incidents/groups?definition=fragile-charge');
    const request = { action: 'retry', ...cause, by: 'ann', reason: 'the bank is back', limit: 2 };
    const first = await api.send('POST', '/incidents/actions', request);
    const { before, next: after } = first.body;
    const second = await api.send('POST', '/incidents/actions', { ...request, before, after });
    const sagas = await Promise.all(
      paths.map((path) => api.eventually(path, (saga) => saga['status'] === 'completed')),
    );

    expect(body['groups']).toEqual([
      expect.objectContaining({ ...cause, participant: 'payment', count: 3, message: expect.any(String) }),
    ]);
    expect([first.body['done'], second.body['done'], second.body['next']]).toEqual([2, 1, undefined]);
    for (const saga of sagas)
      expect(saga['audits']).toContainEqual(
        expect.objectContaining({ action: 'retry', by: 'ann', reason: 'the bank is back', result: 'done' }),
      );
    expect((await api.get('/incidents/groups?definition=fragile-charge')).body['groups']).toEqual([]);
  });

  it('are asked once, however often the same is said about the same', async () => {
    const path = await stuck('n-1');
    const request = { action: 'cancel', definition: 'fragile-charge', by: 'ann', reason: 'nobody wants it' };

    const [one, two] = await Promise.all([
      api.send('POST', '/incidents/actions', request),
      api.send('POST', '/incidents/actions', request),
    ]);
    const saga = await api.eventually(path, (shown) => shown['status'] === 'cancelled');

    expect([one.body['refused'], two.body['refused']]).toEqual([[], []]);
    expect(
      (saga['audits'] as readonly { action: string }[]).filter(({ action }) => action === 'cancel'),
    ).toHaveLength(1);
  });

  it('are not looked for in a definition that nobody knows', async () => {
    const { status, body } = await api.get('/incidents/groups?definition=fragile-chrage');

    expect([status, body['detail']]).toEqual([
      404,
      'there is no definition "fragile-chrage". Did you mean "fragile-charge"?',
    ]);
  });

  it.each([
    [{ action: 'skip', definition: 'd', reason: 'r' }, /retry, redrive, cancel/],
    [{ action: 'retry', reason: 'r' }, /definition/],
    [{ action: 'retry', definition: 'd' }, /reason is missing/],
    [{ action: 'retry', definition: 'd', reason: 'r', limit: 101 }, /from 1 to 100/],
    [{ action: 'retry', definition: 'd', reason: 'r', after: { saga: 'x' } }, /after/],
  ])('are left alone by %j', async (request, problem) => {
    const { status, body } = await api.send('POST', '/incidents/actions', request);

    expect([status, String(body['detail'])]).toEqual([400, expect.stringMatching(problem)]);
  });
});

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
