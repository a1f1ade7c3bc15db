import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiFixture } from './api.fixture.js';

const rerouteYaml = `saga: reroute
version: 1
key: { of: input.truckId, reuse: afterEnd, conflict: queue }
flips: { of: input.route, max: 3, within: 2h }
steps:
  - wait: driven
    event: trucks.truck.arrived
`;

let api: ApiFixture;

beforeAll(async () => {
  api = await ApiFixture.start();
  await api.send('POST', '/definitions', { files: [{ path: 'reroute.saga.yaml', text: rerouteYaml }] });
});

afterAll(() => api.stop());

async function start(truckId: string, route: string): Promise<string> {
  const key = { 'idempotency-key': `${truckId}-${route}` };
  const { body } = await api.send('POST', '/sagas/reroute', { truckId, route }, key);
  return String(body['id']);
}

/** Waits for its turn, longer than a request does. */
async function startBehind(truckId: string, route: string): Promise<number> {
  const key = { 'idempotency-key': `${truckId}-${route}` };
  return (await api.send('POST', '/sagas/reroute', { truckId, route }, key)).status;
}

function isNamed(waiting: unknown): boolean {
  return Array.isArray(waiting) && waiting.length === 1;
}

describe('a business key', () => {
  it('shows who has it, who waits, and what happened', async () => {
    const first = await start('t-1', 'A');
    const second = startBehind('t-1', 'B');

    const body = await api.eventually('/keys/reroute/t-1', ({ waiting }) => isNamed(waiting));

    expect(body).toMatchObject({
      definition: 'reroute',
      key: 't-1',
      running: first,
      waiting: [expect.any(String)],
      log: [{ what: 'started', saga: first, trigger: 'api', event: { id: 't-1-A' }, count: 1 }],
      sagas: [{ id: first, status: 'running' }],
    });
    await api.send('POST', `/sagas/${first}/actions`, { action: 'cancel' });
    expect(await second).toBe(201);
  });

  it('shows what it decided and who came next', async () => {
    const first = await start('t-2', 'A');
    const second = startBehind('t-2', 'B');
    const { waiting } = await api.eventually('/keys/reroute/t-2', (body) => isNamed(body['waiting']));
    const [next] = waiting as readonly string[];
    await api.send('POST', `/sagas/${first}/actions`, { action: 'cancel' });

    const body = await api.eventually('/keys/reroute/t-2', ({ running }) => running === next);

    expect(body['log']).toMatchObject([
      { what: 'started', saga: first },
      { what: 'ended', saga: first, decided: 'A' },
      { what: 'started', saga: next },
    ]);
    expect(await second).toBe(201);
  });

  it('of which nothing is known is empty', async () => {
    expect((await api.get('/keys/reroute/nobody')).body).toEqual({
      definition: 'reroute',
      key: 'nobody',
      waiting: [],
      log: [],
      sagas: [],
    });
  });

  it('is let go only when it is frozen', async () => {
    const { status, body } = await api.send('POST', '/keys/reroute/t-1/thaw', { reason: 'seen', by: 'ann' });

    expect([status, body]).toMatchObject([409, { outcome: 'refused', detail: 'the key is not frozen' }]);
  });

  it('is let go with a reason', async () => {
    expect((await api.send('POST', '/keys/reroute/t-1/thaw', {})).status).toBe(400);
    expect((await api.get('/keys/nothing/t-1')).status).toBe(404);
  });
});
