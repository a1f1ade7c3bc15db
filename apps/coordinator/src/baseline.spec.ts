import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiFixture } from './api.fixture.js';

const pickYaml = (version: number): string => `saga: pick
version: ${version}
key: input.orderId
steps:
  - wait: picked
    event: wms.order.picked
    # ${version}
`;

let api: ApiFixture;

beforeAll(async () => {
  api = await ApiFixture.start();
});

afterAll(() => api.stop());

async function publish(version: number): Promise<void> {
  const files = [{ path: 'pick.saga.yaml', text: pickYaml(version) }];
  expect((await api.send('POST', '/definitions', { files })).status).toBe(200);
}

/** Starts one, and ends it by a person. */
async function cancelled(orderId: string): Promise<void> {
  const { body } = await api.send('POST', '/sagas/pick', { orderId }, { 'idempotency-key': orderId });
  const { status } = await api.send('POST', `/sagas/${String(body['id'])}/actions`, {
    action: 'cancel',
    by: 'ann',
  });
  expect(status).toBe(200);
}

describe('the baseline of a definition', () => {
  it('is not there for the first version', async () => {
    await publish(1);
    await cancelled('o-1');

    const { body } = await api.get('/definitions/pick/baseline');

    expect(body).toMatchObject({ definition: 'pick', present: { version: 1, figures: { cancelled: 1 } } });
    expect(body['baseline']).toBeUndefined();
  });

  it('is the version before, until the new one was published', async () => {
    await publish(2);
    const fresh = await api.get('/definitions/pick/baseline?days=7');
    await cancelled('o-2');
    await cancelled('o-3');

    const { body } = await api.get('/definitions/pick/baseline?days=7');

    expect((fresh.body['present'] as { readonly figures?: unknown }).figures).toBeUndefined();
    expect(body).toMatchObject({
      present: { version: 2, figures: { cancelled: 2, completed: 0, withIncident: 0 } },
      baseline: { version: 1, figures: { cancelled: 1 } },
    });
    const { present, baseline } = body as unknown as Record<'present' | 'baseline', Record<string, string>>;
    expect(baseline['until']).toBe(present['from']);
    expect(Date.parse(baseline['until']!) - Date.parse(baseline['from']!)).toBe(7 * 86_400_000);
  });

  it('stays as it was counted when the new version was published', async () => {
    const first = (await api.get('/definitions/pick/baseline')).body['baseline'];
    await cancelled('o-4');
    const { body } = await api.get('/definitions/pick/baseline');

    expect(body['baseline']).toEqual(first);
    expect(body).toMatchObject({
      present: { version: 2, figures: { cancelled: 3 }, means: { sagas: 3, commands: 0, undos: 0 } },
      baseline: { version: 1, figures: { cancelled: 1 }, means: { sagas: 1 } },
    });
  });

  it.each([
    ['/definitions/park/baseline', 404],
    ['/definitions/pick/baseline?days=0', 400],
  ])('is refused at %s', async (path, status) => {
    expect((await api.get(path)).status).toBe(status);
  });
});
