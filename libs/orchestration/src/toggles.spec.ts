import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryDefinitionStore } from '#libs/memory';
import type { SagaId } from '#libs/messaging';
import { compiledPrograms, Scene } from './coordinator.fixture.js';
import { LoadedDefinitions } from './loaded-definitions.js';
import { SwitchToggle } from './use-cases/switch-toggle.js';

const order = `
saga: order
version: 1
key: input.orderId
toggles: { agent: { default: true }, extra: { default: false } }
triggers: [{ event: shop.order.placed }]
steps:
  - wait: paid
    event: shop.order.paid
`;

let scene: Scene;
let toggles: SwitchToggle;

beforeEach(async () => {
  scene = new Scene();
  const store = new InMemoryDefinitionStore(scene.tables, scene.clock);
  const programs = compiledPrograms(order);
  const definitions = new LoadedDefinitions({ store, clock: scene.clock, compile: () => programs });
  await definitions.start();
  toggles = new SwitchToggle(store, definitions, scene.clock);
  // Loaded although nothing is published: the programs come from the test.
  scene.tables.publications += 1;
  await definitions.refresh();
  await scene.startCoordinator({ definitions });
});

afterEach(() => scene.end());

const asked = { definition: 'order', toggle: 'agent', on: false, by: 'ann', reason: 'it errs' };

describe('a toggle that nobody has switched', () => {
  it('is what the definition says', async () => {
    expect(await toggles.list()).toEqual([
      { definition: 'order', toggle: 'agent', on: true, byDefault: true },
      { definition: 'order', toggle: 'extra', on: false, byDefault: false },
    ]);
    expect(scene.state(await placed('O1')).toggles).toEqual({ agent: true, extra: false });
  });
});

describe('a toggle that is switched', () => {
  it('counts for sagas that start from then on', async () => {
    await toggles.switch(asked);

    expect(scene.state(await placed('O1')).toggles).toEqual({ agent: false, extra: false });
  });

  it('is told to sagas that run, once', async () => {
    const saga = await placed('O1');
    await toggles.switch(asked);
    await scene.run(90_000);

    expect(scene.state(saga).toggles).toEqual({ agent: false, extra: false });
    expect(scene.history(saga).map(({ input }) => input.kind)).toEqual(['start', 'switched']);
  });

  it('is told to a saga whose start was under way', async () => {
    await toggles.switch(asked);
    await scene.run(10_000);
    const saga = scene.start('O1', { agent: true, extra: false });
    await scene.run(10_000);
    expect(scene.state(saga).toggles).toEqual({ agent: true, extra: false });
    await scene.run(60_000);

    expect(scene.state(saga).toggles).toEqual({ agent: false, extra: false });
    expect([...scene.tables.newToggles]).toEqual([]);
  });

  it('says who switched it and why', async () => {
    expect(await toggles.switch(asked)).toMatchObject({
      on: false,
      switched: { by: 'ann', reason: 'it errs' },
    });
    expect([...scene.tables.audits.values()]).toMatchObject([
      { action: 'switch-toggle', detail: 'order agent off' },
    ]);
  });
});

describe('a toggle that does not exist', () => {
  it('is refused with those that do', async () => {
    await expect(toggles.switch({ ...asked, toggle: 'agnet' })).rejects.toMatchObject({
      message: 'order has no toggle "agnet"; it has agent, extra',
    });
    await expect(toggles.switch({ ...asked, definition: 'ordre' })).rejects.toMatchObject({
      code: 'UNKNOWN_DEFINITION',
    });
  });
});

async function placed(orderId: string): Promise<SagaId> {
  scene.place(orderId, { orderId });
  await scene.run(1_000);
  return scene.onlySaga;
}
