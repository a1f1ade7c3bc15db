import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SagaId } from '#libs/messaging';
import { InMemoryDefinitionStore, InMemoryEventSource } from '#libs/memory';
import { compiledPrograms, Scene } from '../coordinator.fixture.js';
import { LoadedDefinitions } from '../loaded-definitions.js';
import { ExplainWaiting } from '../use-cases/explain-waiting.js';
import { GetSaga } from '../use-cases/get-saga.js';
import { PauseWork } from '../use-cases/pause-work.js';
import type { PausedPlace } from './pause.js';

const order = `
saga: order
version: 1
key: input.orderId
timeout: 10d
triggers: [{ event: shop.order.placed }]
steps:
  - step: reserve
    call: inventory.reserve
    compensate: inventory.release
    timeout: 10s
    retry: { attempts: 1 }
  - step: ship
    call: shipping.ship
    timeout: 10s
    pivot: true
`;

const minutes = 600_000;
const inventory: PausedPlace = { kind: 'participant', name: 'inventory' };

let scene: Scene;
let definitions: LoadedDefinitions;
let work: PauseWork;

beforeEach(async () => {
  scene = new Scene();
  definitions = await loaded();
  work = new PauseWork(new InMemoryDefinitionStore(scene.tables), scene.operators, definitions, scene.clock);
});

afterEach(async () => {
  await scene.end();
  await definitions.stop();
});

describe('a paused participant', () => {
  it('is sent nothing for as long as nobody resumes it, and nothing fails', async () => {
    await begin(2);
    await pause(inventory);
    await place(6);
    await scene.run(minutes);

    expect(sent('inventory')).toHaveLength(0);
    expect(statuses()).toEqual(Array(6).fill('running'));
    expect(scene.incidents).toEqual([]);
  });

  it('has as long for its answer as ever, counted from when it was sent something', async () => {
    await begin(2);
    await pause(inventory);
    await place(4);
    await scene.run(minutes);
    await work.resume({ ...inventory, by: 'ben', reason: 'counted' });
    await scene.run(8_000);
    const incidents = [...scene.incidents];
    answer('inventory');
    await scene.run(2_000);

    expect(incidents).toEqual([]);
    expect(sent('shipping')).toHaveLength(4);
  });

  it('is found silent when it does not answer after that', async () => {
    await begin(1);
    await pause(inventory);
    await place(1);
    await scene.run(minutes);
    await resume(inventory);
    await scene.run(60_000);

    expect(scene.incidents).toHaveLength(1);
  });

  it('keeps nothing else from going on', async () => {
    await begin(1);
    await place(3);
    await pause(inventory);
    answer('inventory');
    await scene.run(1_000);

    expect(sent('shipping')).toHaveLength(3);
  });

  it('is sent everything once it is resumed, at the pace that was asked for', async () => {
    await begin(2);
    await pause(inventory);
    await place(40);
    await resume(inventory, 2);
    await scene.run(10_000);
    const halfway = sent('inventory').length;
    await scene.run(13_000);

    expect(halfway).toBeGreaterThan(5);
    expect(halfway).toBeLessThan(35);
    expect(sent('inventory')).toHaveLength(40);
    expect(new Set(sent('inventory').map(({ saga }) => saga)).size).toBe(40);
    expect(limited()).toEqual([]);
  });

  it('is held by whoever takes over', async () => {
    const homeSource = new InMemoryEventSource(scene.broker, { group: 'scene', topics: ['scene.home'] });
    await begin(1, { homeSource });
    await pause(inventory);
    await place(5);
    await homeSource.stop();
    scene.coordinators.length = 0;
    await begin(1);
    await scene.run(60_000);
    const whilePaused = sent('inventory').length;
    await resume(inventory);
    await scene.run(10_000);

    expect([whilePaused, sent('inventory').length]).toEqual([0, 5]);
  });

  it('is sent the undo behind what was held', async () => {
    await begin(1);
    await pause(inventory);
    await place(1);
    const [saga] = [...scene.tables.instances.keys()];
    scene.act(saga!, 'cancel');
    await scene.run(2_000);
    await resume(inventory);
    await scene.run(5_000);
    answer('inventory');
    await scene.run(5_000);
    answer('inventory');
    await scene.run(5_000);

    expect([...new Set(sent('inventory').map(({ type }) => type))]).toEqual([
      'inventory.reserve',
      'inventory.release',
    ]);
    expect(statuses()).toEqual(['cancelled']);
  });
});

describe('a paused definition', () => {
  it('sends nothing, also of sagas that have begun, until it is resumed', async () => {
    await begin(1);
    await place(2);
    await pause({ kind: 'definition', name: 'order' });
    answer('inventory');
    await place(2, 'late');
    const held = [sent('inventory').length, sent('shipping').length];
    await resume({ kind: 'definition', name: 'order' });
    await scene.run(5_000);

    expect(held).toEqual([2, 0]);
    expect([sent('inventory').length, sent('shipping').length]).toEqual([4, 2]);
  });
});

describe('a paused saga', () => {
  it('sends nothing while others do, and says who paused it', async () => {
    await begin(1);
    await place(2);
    const [saga] = [...scene.tables.instances.keys()] as [SagaId];
    await pause({ kind: 'saga', name: saga });
    answer('inventory');
    await scene.run(1_000);
    const shown = await new GetSaga(scene.operators, definitions, scene.clock).get(saga);
    const whilePaused = sent('shipping').map((command) => command.saga);
    await resume({ kind: 'saga', name: saga });
    await scene.run(5_000);

    expect(whilePaused).not.toContain(saga);
    expect(whilePaused).toHaveLength(1);
    expect(shown.paused).toMatchObject([{ kind: 'saga', by: 'ann', reason: 'stock take' }]);
    expect(shown.waitsFor).toMatchObject([{ kind: 'pause', block: 'ship' }]);
    expect(shown.control).toMatchObject([{ kind: 'person', name: 'ann', block: 'ship' }]);
    expect(sent('shipping')).toHaveLength(2);
  });
});

describe('a command that a pause holds', () => {
  it('is told with who paused it, when and why', async () => {
    await begin(1);
    await pause(inventory);
    const at = new Date(scene.clock.now() - 3_000).toISOString().slice(0, 10);
    await place(1);
    const [saga] = [...scene.tables.instances.keys()] as [SagaId];

    const { sagas } = await new ExplainWaiting(scene.operators, definitions).explain(saga);
    const { waitsFor } = await new GetSaga(scene.operators, definitions, scene.clock).get(saga);

    expect(sagas[0]!.held).toMatchObject([
      { limit: 'inventory', pause: { by: 'ann', reason: 'stock take' } },
    ]);
    expect(waitsFor[0]!.text).toMatch(
      new RegExp(
        `^somebody to resume participant inventory, which ann paused at ${at}.* \\(stock take\\)`,
        'u',
      ),
    );
    expect((await work.list()).map(({ held }) => held)).toEqual([1]);
    expect((await scene.operators.census(scene.clock.now())).paused).toMatchObject([{ held: 1 }]);
  });
});

describe('what somebody wants to pause', () => {
  it.each<[string, PausedPlace, RegExp]>([
    ['no such participant', { kind: 'participant', name: 'inventroy' }, /there are inventory, shipping/u],
    ['no such definition', { kind: 'definition', name: 'odrer' }, /no definition "odrer"/u],
    ['no such saga', { kind: 'saga', name: 'x' }, /there is no saga x/u],
  ])('is refused where there is %s', async (_, place, message) => {
    await expect(pause(place)).rejects.toThrow(message);
  });

  it('is refused where it is paused already', async () => {
    await pause(inventory);

    await expect(pause(inventory)).rejects.toThrow(/paused already: by ann/u);
  });

  it('cannot be resumed where nobody paused it', async () => {
    await expect(resume(inventory)).rejects.toThrow(/is not paused/u);
  });
});

async function loaded(): Promise<LoadedDefinitions> {
  const programs = compiledPrograms(order);
  const store = new InMemoryDefinitionStore(scene.tables);
  const found = new LoadedDefinitions({ store, clock: scene.clock, compile: () => programs });
  await found.start();
  return found;
}

async function begin(coordinators: number, parts: object = {}): Promise<void> {
  for (let count = 0; count < coordinators; count += 1) {
    await scene.startCoordinator({ definitions: await loaded(), ...parts });
    await scene.run(2_000);
  }
}

/** Long enough for every coordinator to hear of it. */
async function pause(place: PausedPlace): Promise<void> {
  await work.pause({ ...place, by: 'ann', reason: 'stock take' });
  await scene.run(3_000);
}

async function resume(place: PausedPlace, perSecond = 50): Promise<void> {
  await work.resume({ ...place, by: 'ben', reason: 'counted', perSecond });
  await scene.run(3_000);
}

async function place(count: number, prefix = 'O'): Promise<void> {
  for (let n = 0; n < count; n += 1) scene.place(`${prefix}${n}`, { orderId: `${prefix}${n}` });
  await scene.run(1_000);
}

function sent(participant: string) {
  return scene.commands(participant);
}

function answer(participant: string): void {
  for (const command of sent(participant)) scene.answer(command);
}

function statuses(): readonly string[] {
  return [...scene.tables.instances.values()].map(({ status }) => status);
}

/** Commands that wait or count, as the database has them. */
function limited(): readonly string[] {
  return [...scene.tables.limited.values()].flatMap((rows) => [...rows.keys()]);
}
