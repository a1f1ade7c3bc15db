import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ApiFixture, type Answer } from './api.fixture.js';
import { fragileYaml } from './order.fixture.js';

jest.setTimeout(30_000);

let api: ApiFixture;

beforeAll(async () => {
  api = await ApiFixture.start({ SKALD_ASK_FOR_FAILURE_MODE: 'true' });
  await api.send('POST', '/definitions', fragileYaml, { 'content-type': 'application/yaml' });
});

afterAll(() => api.stop());

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

describe('a coordinator that asks what was the matter', () => {
  it('tries nothing again before that is written down', async () => {
    const path = await stuck('r-1');

    const answers = [
      await act(path, { action: 'retry' }),
      await act(path, { action: 'retry', reason: 'the bank is back' }),
      await act(path, { action: 'skip', mode: 'done-elsewhere' }),
    ];

    for (const { status, body } of answers)
      expect([status, body['detail']]).toEqual([400, expect.stringContaining('one of participant-away')]);
    expect((await api.get(path)).body).toMatchObject({ status: 'running', incident: true });
  });

  it('knows no other failure modes', async () => {
    const { status, body } = await act(await stuck('r-2'), {
      action: 'retry',
      reason: 'r',
      mode: 'bad-luck',
    });

    expect([status, body['detail']]).toEqual([400, expect.stringContaining('mode is "bad-luck"')]);
  });

  it('keeps it with the saga, and counts it', async () => {
    const path = await stuck('r-3');
    const noted = { reason: 'the bank is back', mode: 'participant-away' };

    expect((await act(path, { action: 'retry', ...noted })).status).toBe(200);
    const saga = await api.eventually(path, (shown) => shown['status'] === 'completed');

    expect(saga['audits']).toContainEqual(
      expect.objectContaining({ action: 'retry', reason: 'the bank is back', detail: 'participant-away' }),
    );
    expect((await api.get('/quality/repairs?definition=fragile-charge')).body).toEqual({
      repairs: [
        { definition: 'fragile-charge', mode: 'participant-away', count: 1, repeated: 0, repeatRate: 0 },
      ],
    });
  });

  it('asks the same of what is done to many', async () => {
    await stuck('r-4');
    const request = { action: 'retry', definition: 'fragile-charge', by: 'ann', reason: 'the bank is back' };

    expect((await api.send('POST', '/incidents/actions', request)).status).toBe(400);
    const { body } = await api.send('POST', '/incidents/actions', { ...request, mode: 'participant-away' });

    expect(body['refused']).toEqual([]);
    expect(Number(body['done'])).toBeGreaterThanOrEqual(1);
  });

  it('asks nothing of who cancels', async () => {
    const path = await stuck('r-5');

    expect((await act(path, { action: 'cancel' })).status).toBe(200);
  });
});
