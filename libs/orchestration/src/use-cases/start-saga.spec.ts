import { beforeEach, describe, expect, it } from '@jest/globals';
import { homeOf, isSagaId } from '#libs/messaging';
import { home, instance, recordsOf, within, type Home } from './home.fixture.js';
import { StartSaga, type StartAnswer } from './start-saga.js';

let world: Home;
let starts: StartSaga;

beforeEach(async () => {
  world = await home();
  starts = new StartSaga(world);
});

function start(
  idempotencyKey: string,
  input: { readonly orderId: string } = { orderId: 'o-1' },
): Promise<StartAnswer> {
  return within(world.clock, 10_000, starts.start({ definition: 'order', input, idempotencyKey }));
}

describe('a start that no lane takes up', () => {
  it('is pending after five seconds', async () => {
    const before = world.clock.now();

    expect((await start('k-1')).kind).toBe('pending');
    expect(world.clock.now() - before).toBeGreaterThanOrEqual(5_000);
  });

  it('lies signed in the home partition of its saga', async () => {
    const { saga } = await start('k-1');
    const [record] = recordsOf(world.broker, 'test.home');

    expect(isSagaId(saga)).toBe(true);
    expect(record?.part).toBe(homeOf(saga, 4));
    expect(world.received()).toEqual([
      expect.objectContaining({
        kind: 'start',
        saga,
        input: { orderId: 'o-1' },
        head: expect.objectContaining({
          definition: 'order',
          version: 1,
          businessKey: 'o-1',
          source: '/skald/test/api',
          eventId: 'k-1',
          request: 'start/order/k-1',
        }),
      }),
    ]);
  });

  it('leads to the same saga when it is repeated later', async () => {
    const first = await start('k-1');
    await world.clock.run(60_000);
    const second = await start('k-1');

    expect(second.saga).toBe(first.saga);
    expect(new Set(world.received().map(({ saga }) => saga)).size).toBe(1);
  });
});

describe('a start that was folded', () => {
  it.each([
    ['created', { result: 'done' as const, detail: '' }, 'created'],
    ['refused', { result: 'refused' as const, detail: 'no' }, 'refused'],
  ])('is answered %s', async (_what, audit, kind) => {
    const asked = starts.start({ definition: 'order', input: { orderId: 'o-1' }, idempotencyKey: 'k-1' });
    await world.clock.run(200);
    world.answer({ request: 'start/order/k-1', saga: 'mine', ...audit });

    expect((await within(world.clock, 1_000, asked)).kind).toBe(kind);
  });

  it('tells a duplicate who won', async () => {
    const asked = starts.start({ definition: 'order', input: { orderId: 'o-1' }, idempotencyKey: 'k-1' });
    await world.clock.run(200);
    world.answer({ request: 'start/order/k-1', result: 'duplicate', detail: 'the-winner' });

    expect(await within(world.clock, 1_000, asked)).toEqual({ kind: 'duplicate', saga: 'the-winner' });
  });

  it('is not sent again by a repeated request', async () => {
    const { saga } = await start('k-1');
    world.tables.instances.set(saga, instance(saga));
    const sent = world.received().length;

    expect(await start('k-1')).toEqual({ kind: 'duplicate', saga });
    expect(world.received()).toHaveLength(sent);
  });
});

describe('a start that the lane could not fold', () => {
  it('is refused with the reason of its parked record', async () => {
    const { saga } = await start('k-1');
    const parked = {
      topic: 'test.home',
      part: 0,
      offset: 0,
      timestamp: 0,
      held: false,
      key: null,
      value: null,
      headers: {},
    };
    world.tables.parked.set('test.home/0/0', {
      ...parked,
      saga,
      reason: 'state-too-large',
      message: 'too large',
    });

    expect(await start('k-1')).toEqual({
      kind: 'refused',
      saga,
      reason: 'parked (state-too-large): too large',
    });
  });
});

describe('a broker that is away', () => {
  it('is said to be unavailable after five seconds', async () => {
    for (let part = 0; part < 4; part += 1)
      world.broker.log({ topic: 'test.home', part })!.isWritable = false;

    await expect(start('k-1')).rejects.toMatchObject({ code: 'BROKER_UNAVAILABLE', retryable: true });
  });
});

describe('a request that cannot be carried out', () => {
  it('names the definitions there are', async () => {
    const asked = starts.start({ definition: 'odrer', input: {}, idempotencyKey: 'k' });

    await expect(asked).rejects.toMatchObject({
      code: 'UNKNOWN_DEFINITION',
      message: expect.stringContaining('order'),
    });
  });

  it('lists what is wrong with the input', async () => {
    const asked = starts.start({ definition: 'order', input: {}, idempotencyKey: 'k' });

    await expect(asked).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      problems: [expect.stringContaining('orderId')],
    });
  });

  it.each(['', '\0', 'x'.repeat(256)])('refuses an idempotency key that is none', async (idempotencyKey) => {
    const asked = starts.start({ definition: 'order', input: { orderId: 'o-1' }, idempotencyKey });

    await expect(asked).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });

  it('refuses a key that was used for another order', async () => {
    await start('k-1', { orderId: 'o-1' });

    await expect(start('k-1', { orderId: 'o-2' })).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('puts nothing into the home partition', async () => {
    await expect(start('k-1', { orderId: 'x'.repeat(2_000) })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });

    expect(world.received()).toEqual([]);
  });
});
