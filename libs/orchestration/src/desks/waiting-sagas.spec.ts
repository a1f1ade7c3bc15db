import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { deriveDeskId, type SagaId } from '#libs/messaging';
import { compiledPrograms, fixedDefinitions, Scene } from '../coordinator.fixture.js';
import { timelineOf } from '../use-cases/timeline.js';

const order = `
saga: order
version: 1
key: input.orderId
triggers: [{ event: shop.order.placed }]
steps:
  - wait: paid
    event: shop.invoice.paid
    key: input.invoice
    match: data.amount > 0
    early: 10m
    timeout: 15m
    catch: { timed-out: { do: [{ end: never-paid }] } }
  - emit: told
    event: shop.order.fulfilled
    with: { amount: '\${ steps.paid.output.amount }' }
`;
const contract = `
participant: shop
events:
  shop.order.placed: {}
  shop.order.fulfilled: {}
  shop.invoice.paid: { key: data.invoice }
`;

let scene: Scene;

beforeEach(async () => {
  scene = new Scene();
  await startCoordinator();
});

afterEach(() => scene.end());

describe('a saga that waits for an event', () => {
  it('goes on with an event that comes later', async () => {
    const saga = await placed();
    expect(scene.status(saga)).toBe('running');
    paid('I1', 5);
    await scene.run(1_000);

    expect(told()).toEqual([{ amount: 5 }]);
    expect(scene.status(saga)).toBe('completed');
  });

  it('goes on with an event that came before', async () => {
    paid('I1', 5);
    await scene.run(9 * 60_000);
    await placed();

    expect(told()).toEqual([{ amount: 5 }]);
  });

  it('does not take an event that came too early', async () => {
    paid('I1', 5);
    await scene.run(11 * 60_000);
    const saga = await placed();

    expect(scene.status(saga)).toBe('running');
  });

  it('hears of no event with another key', async () => {
    const saga = await placed();
    paid('I2', 5);
    await scene.run(1_000);

    expect(scene.status(saga)).toBe('running');
    expect(scene.history(saga)).toHaveLength(1);
  });

  it('waits on after an event that does not match', async () => {
    await placed();
    paid('I1', 0, 'e0');
    await scene.run(1_000);
    expect(told()).toEqual([]);
    paid('I1', 7, 'e1');
    await scene.run(1_000);

    expect(told()).toEqual([{ amount: 7 }]);
  });

  it('hears a repeated event once', async () => {
    const saga = await placed();
    paid('I1', 0, 'e0');
    paid('I1', 0, 'e0');
    await scene.run(1_000);

    expect(scene.history(saga).map(({ input }) => input.kind)).toEqual(['start', 'heard']);
  });

  it('is let go when its time is up', async () => {
    const saga = await placed();
    await scene.run(20 * 60_000);
    expect(scene.tables.archive.get(saga) ?? scene.tables.instances.get(saga)).toMatchObject({
      status: 'completed',
    });
    const desk = scene.tables.desks.get(deriveDeskId('rendezvous', 'shop.invoice.paid I1'));

    expect(JSON.parse(desk?.state ?? '{}')).toMatchObject({ waiting: [] });
  });

  it('hears after its coordinator was another one', async () => {
    await placed();
    await scene.end();
    await startCoordinator();
    paid('I1', 5);
    await scene.run(2_000);

    expect(told()).toEqual([{ amount: 5 }]);
  });

  it('says so in its timeline', async () => {
    const saga = await placed();
    paid('I1', 5);
    await scene.run(1_000);

    expect(timelineOf(scene.history(saga)).map(({ kind }) => kind)).toEqual([
      'started',
      'awaited',
      'heard',
      'released',
      'told',
      'finished',
    ]);
  });
});

describe('an event that nobody can have waited for', () => {
  it('is parked when its key cannot be computed', async () => {
    scene.tell('shop.invoice.paid', 'I1', { amount: 5 }, 'e1');
    await scene.run(1_000);

    expect(scene.parked).toEqual(['missing-key']);
  });
});

async function startCoordinator(): Promise<void> {
  const definitions = fixedDefinitions(scene.clock, compiledPrograms(contract, order));
  await definitions.start();
  await scene.startCoordinator({ definitions });
}

async function placed(): Promise<SagaId> {
  scene.tell('shop.order.placed', 'O1', { orderId: 'O1', invoice: 'I1' }, 'placed');
  await scene.run(1_000);
  return scene.onlySaga;
}

function paid(invoice: string, amount: number, id = 'paid'): void {
  scene.tell('shop.invoice.paid', 'any', { invoice, amount }, id);
}

function told(): readonly unknown[] {
  const { records } = scene.broker.log({ topic: 'shop.events', part: 0 })!.read(0, 1_000);
  return records
    .filter(({ headers }) => headers['ce_type']?.toString() === 'shop.order.fulfilled')
    .map(({ value }) => JSON.parse(value!.toString()) as unknown);
}
