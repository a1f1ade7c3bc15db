import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryOperatorStore } from '#libs/memory';
import type { SagaId } from '#libs/messaging';
import { compiledPrograms, fixedDefinitions, Scene } from '../coordinator.fixture.js';
import type { StoredInstance } from '../lane-store.js';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import { GetSaga } from './get-saga.js';

const order = `
saga: order
version: 1
key: input.orderId
triggers: [{ event: shop.order.placed }]
steps:
  - step: reserve
    call: inventory.reserve
    timeout: { policy: patient }
    compensate: inventory.release
  - step: ship
    call: shipping.ship
    pivot: true
---
namespace: shop
policies:
  timeout:
    patient:
      - { if: before.step.times > 0, after: 40s, because: it was asked before }
      - { after: 20s, because: the usual }
`;

/** Reads a saga, and then something happens before whoever asked hears of it. */
class SlowOperatorStore extends InMemoryOperatorStore {
  meanwhile: (() => Promise<void>) | undefined;

  override async find(id: SagaId): Promise<StoredInstance | undefined> {
    const row = await super.find(id);
    await this.meanwhile?.();
    return row;
  }
}

let scene: Scene;
let definitions: LoadedDefinitions;

beforeEach(async () => {
  scene = new Scene();
  definitions = fixedDefinitions(scene.clock, compiledPrograms(order));
  await definitions.start();
  await scene.startCoordinator({ definitions });
  await scene.run(1_000);
});

afterEach(async () => {
  await scene.end();
  await definitions.stop();
});

describe('the page of a saga', () => {
  it('is of one moment, whatever is committed while it is read', async () => {
    scene.place('O1', { orderId: 'O1' });
    await scene.run(1_000);
    const [saga] = scene.tables.instances.keys();
    const store = new SlowOperatorStore(scene.tables);
    const sagas = new GetSaga(store, definitions, scene.clock);
    store.meanwhile = async () => {
      store.meanwhile = undefined;
      for (const command of scene.commands('inventory')) scene.answer(command);
      await scene.run(1_000);
    };

    const before = await sagas.get(saga!);
    const after = await sagas.get(saga!);

    expect([Object.keys(before.steps), before.waitsFor.map(({ block }) => block)]).toEqual([[], ['reserve']]);
    expect([Object.keys(after.steps), after.waitsFor.map(({ block }) => block)]).toEqual([
      ['reserve'],
      ['ship'],
    ]);
    expect(before.history.length).toBeLessThan(after.history.length);
  });

  it('says of blocks, and of what happened to them, what kind they are', async () => {
    scene.place('O1', { orderId: 'O1' });
    await scene.run(1_000);
    for (const command of scene.commands('inventory')) scene.answer(command);
    await scene.run(1_000);
    const [saga] = scene.tables.instances.keys();

    const { steps, timeline } = await new GetSaga(scene.operators, definitions, scene.clock).get(saga!);

    expect(steps['reserve']).toMatchObject({ kind: 'command', outcome: 'succeeded' });
    expect(timeline.map(({ block, blockKind }) => [block, blockKind])).toEqual(
      timeline.map(({ block }) => [block, block === undefined ? undefined : 'command']),
    );
  });

  it('says how long the answer is waited for, and why', async () => {
    scene.place('O1', { orderId: 'O1' });
    await scene.run(1_000);
    const [saga] = scene.tables.instances.keys();
    const sagas = new GetSaga(scene.operators, definitions, scene.clock);
    const waits = async () => (await sagas.get(saga!)).waitsFor.map(({ text }) => text);

    const first = await waits();
    await scene.run(25_000);
    const second = await waits();

    expect(first).toEqual(['the answer of inventory.reserve to reserve, 20.0 s at most: the usual']);
    expect(second).toEqual([
      'the answer of inventory.reserve to reserve, 40.0 s at most: it was asked before',
    ]);
  });
});
