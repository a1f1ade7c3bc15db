import { beforeEach, describe, expect, it } from '@jest/globals';
import { home, instance, within, type Home } from './home.fixture.js';
import { RequestAction, type ActionAnswer, type ActionRequest } from './request-action.js';

const saga = '0193b5a0-1111-7222-8333-444444444444';
let world: Home;
let actions: RequestAction;

beforeEach(async () => {
  world = await home();
  world.tables.instances.set(saga, instance(saga));
  actions = new RequestAction(world);
});

/** Asks, lets the lane answer with `result`, and waits. */
async function answered(
  request: ActionRequest,
  result: 'done' | 'refused',
  detail = '',
): Promise<ActionAnswer> {
  const asked = actions.request(request);
  await world.clock.run(50);
  const [record] = world.received();
  if (record?.kind !== 'action') throw new Error('no action was sent');
  world.answer({ request: record.head.request, result, detail });
  return within(world.clock, 10_000, asked);
}

describe('an action', () => {
  it('lies signed in the home partition with all that was said', async () => {
    await answered(
      { saga, action: 'skip', block: 'chargeCard', output: { charge: 1 }, by: 'ann', reason: 'paid by hand' },
      'done',
    );

    expect(world.received()).toEqual([
      expect.objectContaining({
        kind: 'action',
        saga,
        head: expect.objectContaining({ action: 'skip', by: 'ann', reason: 'paid by hand' }),
        data: { block: 'chargeCard', output: { charge: 1 } },
      }),
    ]);
  });

  it('is answered by the audit row of the commit that folded it', async () => {
    expect(await answered({ saga, action: 'retry', by: 'ann' }, 'done')).toMatchObject({ kind: 'done' });
  });

  it('is refused in the words of the saga', async () => {
    expect(await answered({ saga, action: 'cancel', by: 'ann' }, 'refused', 'past its pivot')).toMatchObject({
      kind: 'refused',
      detail: 'past its pivot',
    });
  });

  it('is pending when nobody folds it within five seconds', async () => {
    expect(
      (await within(world.clock, 10_000, actions.request({ saga, action: 'retry', by: 'ann' }))).kind,
    ).toBe('pending');
  });

  it('of a saga that is not there is turned away', async () => {
    const asked = actions.request({
      saga: '0193b5a0-1111-7222-8333-555555555555',
      action: 'retry',
      by: 'ann',
    });

    await expect(asked).rejects.toMatchObject({ code: 'UNKNOWN_SAGA' });
  });
});

describe('the same action again', () => {
  it('counts as another one without a key', async () => {
    const first = await answered({ saga, action: 'retry', by: 'ann' }, 'done');
    await world.clock.run(10);
    const second = await within(world.clock, 10_000, actions.request({ saga, action: 'retry', by: 'ann' }));

    expect(second.request).not.toBe(first.request);
  });

  it('is answered at once under the same key', async () => {
    const request: ActionRequest = { saga, action: 'retry', by: 'ann', idempotencyKey: 'r-1' };
    await answered(request, 'done');

    expect((await actions.request(request)).kind).toBe('done');
    expect(world.received()).toHaveLength(1);
  });
});
