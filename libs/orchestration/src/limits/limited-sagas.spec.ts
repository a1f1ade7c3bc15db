import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Command } from '#libs/messaging';
import { InMemoryEventSource } from '#libs/memory';
import { compiledPrograms, fixedDefinitions, Scene } from '../coordinator.fixture.js';
import { ExplainWaiting } from '../use-cases/explain-waiting.js';
import { GetSaga } from '../use-cases/get-saga.js';

const order = `
saga: order
version: 1
key: input.orderId
timeout: 10d
triggers: [{ event: shop.order.placed }]
steps:
  - step: reserve
    call: inventory.reserve
    verify: inventory.reservation
    compensate: inventory.release
    timeout: 10s
    retry: { attempts: 5, delay: 1s, factor: 1 }
  - step: ship
    call: shipping.ship
    timeout: 10s
    pivot: true
`;

const inventory = (limits: string) => `
participant: inventory
commands:
  reserve: { undoneBy: inventory.release, verify: inventory.reservation }
  release: {}
  reservation: { effect: none, rejects: [not-found] }
limits: ${limits}
`;

const label = `
saga: label
version: 1
key: input.parcelId
triggers: [{ event: depot.parcel.packed }]
steps:
  - step: print
    call: printer.print
    pivot: true
`;

let scene: Scene;

beforeEach(() => {
  scene = new Scene();
});

afterEach(() => scene.end());

describe('a participant that takes three commands at a time', () => {
  it('is sent three by two coordinators together, and one for each that is answered', async () => {
    await begin('{ concurrency: 3 }', 2);
    await place(10);
    const first = asked();

    scene.answer(scene.commands('inventory')[0]!);
    await scene.run(1_000);

    expect([first, asked()]).toEqual([3, 4]);
  });

  it('is sent everything in the end', async () => {
    await begin('{ concurrency: 3 }', 2);
    await place(10);

    await answerAll(5_000);

    expect([asked(), ended()]).toEqual([10, 10]);
    expect(accounts()).toEqual([]);
  });

  it('counts what was under way when a coordinator died, and loses nothing of what waited', async () => {
    const homeSource = new InMemoryEventSource(scene.broker, { group: 'scene', topics: ['scene.home'] });
    await begin('{ concurrency: 3 }', 1, { homeSource });
    await place(10);

    await homeSource.stop();
    scene.coordinators.length = 0;
    await begin('{ concurrency: 3 }', 1);
    await scene.run(5_000);
    const afterDeath = asked();
    await answerAll(10_000);

    expect([afterDeath, asked(), ended()]).toEqual([3, 10, 10]);
  });

  it('is asked about what it does not answer, although it takes no more', async () => {
    await begin('{ concurrency: 1 }', 1);
    await place(1);
    await scene.run(60_000);

    expect(scene.commands('inventory').map(({ type }) => type)).toContain('inventory.reservation');
  });

  it('is sent an undo behind what waits to be done', async () => {
    await begin('{ concurrency: 1 }', 1);
    await place(2);
    const [held] = [...scene.tables.instances.keys()].filter(
      (saga) => !scene.commands('inventory').some((command) => command.saga === saga),
    );
    scene.act(held!, 'cancel');
    await scene.run(1_000);
    const whileHeld = asked();
    await answerAll(5_000);

    const sent = scene.commands('inventory').filter(({ saga }) => saga === held);
    expect(whileHeld).toBe(1);
    expect(sent.map(({ type }) => type)).toEqual([
      'inventory.reserve',
      'inventory.reservation',
      'inventory.release',
    ]);
  });
});

describe('a participant that takes ten commands a second', () => {
  it('is sent no more in any second by two coordinators together', async () => {
    await begin('{ rate: 10/s }', 2);
    await place(50);
    await scene.run(6_000);

    const times = scene.broker
      .log({ topic: 'inventory.commands', part: 0 })!
      .read(0, 1_000)
      .records.map(({ timestamp }) => timestamp);
    const busiest = times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length);

    expect(times).toHaveLength(50);
    expect(Math.max(...busiest)).toBeLessThanOrEqual(10);
  });

  it('keeps no account of what it was sent', async () => {
    await begin('{ rate: 10/s }', 1);
    await place(5);
    await scene.run(2_000);

    expect(asked()).toBe(5);
    expect(accounts()).toEqual([]);
  });

  it('is waited for without a silence running out', async () => {
    await begin('{ rate: 1/h }', 1);
    await place(2);
    await scene.run(60_000);

    const [answered, held] = [...scene.tables.instances.keys()].map(
      (saga) => scene.commands('inventory').filter((command) => command.saga === saga).length,
    );

    expect(answered! + held!).toBe(1);
    expect(scene.incidents).toEqual([]);
  });
});

describe('a participant that fails too often', () => {
  const breaking = '{ breaker: { failures: 50%, of: 4, probe: 1m } }';

  it('is left alone, and nobody fails because of it', async () => {
    await begin(breaking, 1);
    await place(4);
    failAll(scene.commands('inventory'));
    await scene.run(20_000);
    const whileOpen = asked();
    await place(3, 'late');

    expect([whileOpen, asked()]).toEqual([4, 4]);
    expect([...scene.tables.instances.values()].map(({ status }) => status)).toEqual(
      Array(7).fill('running'),
    );
  });

  it('is tried with one, and sent the rest when that one is answered', async () => {
    await begin(breaking, 1);
    await place(4);
    failAll(scene.commands('inventory'));
    await scene.run(61_000);
    const probed = asked();

    scene.answer(scene.commands('inventory')[4]!);
    await scene.run(1_000);

    expect([probed, asked()]).toEqual([5, 8]);
  });
});

describe('a participant without limits', () => {
  it('is sent its commands while another one has to wait', async () => {
    await begin('{ concurrency: 1 }', 1);
    await place(2);
    scene.answer(scene.commands('inventory')[0]!);
    await scene.run(1_000);

    expect([asked(), scene.commands('shipping').length]).toEqual([2, 1]);
  });
});

describe('a command that waits for a limit', () => {
  it('is what its saga is said to wait for', async () => {
    await begin('{ concurrency: 1 }', 1);
    await place(2);
    const definitions = fixedDefinitions(
      scene.clock,
      compiledPrograms(order, inventory('{ concurrency: 1 }')),
    );
    await definitions.start();
    const held = [...scene.tables.instances.keys()].find(
      (saga) => !scene.commands('inventory').some((command) => command.saga === saga),
    )!;

    const { waitsFor, control } = await new GetSaga(scene.operators, definitions, scene.clock).get(held);
    const { sagas } = await new ExplainWaiting(scene.operators, definitions).explain(held);

    expect(waitsFor).toMatchObject([
      { kind: 'limit', text: 'the limit of inventory before reserve can be sent' },
    ]);
    expect(control).toMatchObject([{ kind: 'limit', name: 'inventory', block: 'reserve' }]);
    expect(sagas[0]!.held).toMatchObject([
      { limit: 'inventory', text: 'the limit of inventory before reserve can be sent' },
    ]);
  });

  it('slows the intake when it is one of too many', async () => {
    await begin('{ concurrency: 1, queue: 100 }', 1);
    for (let round = 0; round < 40; round += 1) await place(50, `R${round}-`);
    await scene.run(60_000);
    const full = scene.tables.instances.size;

    await answerAll(5_000);

    // One was sent, and what begins within a tenth of a second is not seen to wait yet.
    expect(full).toBeLessThanOrEqual(110);
    expect(full).toBeGreaterThan(100);
    expect(ended()).toBeGreaterThan(10);
  });

  it('is let in one by one as others are sent, and none is left out', async () => {
    await begin('{ concurrency: 10, queue: 20 }', 2);
    for (let round = 0; round < 4; round += 1) await place(50, `R${round}-`);

    await answerAll(30_000);

    expect([scene.tables.instances.size, ended()]).toEqual([200, 200]);
    expect(accounts()).toEqual([]);
  });

  it('keeps none waiting that sends nothing of the kind', async () => {
    scene.broker.createTopic('depot.events');
    scene.broker.createTopic('printer.commands');
    await begin('{ concurrency: 1, queue: 20 }', 1, {}, label);
    await place(100);
    await scene.run(10_000);

    scene.tell('depot.parcel.packed', 'p1', { parcelId: 'p1' }, 'packed-1');
    await scene.run(2_000);

    expect(scene.commands('printer').map(({ data }) => data)).toEqual([{ parcelId: 'p1' }]);
    expect(scene.tables.instances.size).toBeLessThan(50);
  });
});

async function begin(
  limits: string,
  coordinators: number,
  parts: object = {},
  ...others: readonly string[]
): Promise<void> {
  const programs = compiledPrograms(order, inventory(limits), ...others);
  for (let count = 0; count < coordinators; count += 1) {
    const definitions = fixedDefinitions(scene.clock, programs);
    await definitions.start();
    await scene.startCoordinator({ definitions, ...parts });
    await scene.run(2_000);
  }
}

async function place(count: number, prefix = 'O'): Promise<void> {
  for (let n = 0; n < count; n += 1) scene.place(`${prefix}${n}`, { orderId: `${prefix}${n}` });
  await scene.run(1_000);
}

/** Answers every command well until nothing more comes. */
async function answerAll(ms: number): Promise<void> {
  const done = { inventory: 0, shipping: 0 };
  for (let passed = 0; passed < ms; passed += 100) {
    for (const participant of ['inventory', 'shipping'] as const) {
      const commands = scene.commands(participant).slice(done[participant]);
      done[participant] += commands.length;
      for (const command of commands) scene.answer(command);
    }
    await scene.run(100);
  }
}

function failAll(commands: readonly Command[]): void {
  for (const command of commands) scene.answer(command, { outcome: 'failed', error: 'away' });
}

/** Different commands that inventory was sent. */
function asked(): number {
  return new Set(scene.commands('inventory').map(({ id }) => id)).size;
}

/** Commands that wait or count, as the database has them. */
function accounts(): readonly string[] {
  return [...scene.tables.limited.values()].flatMap((rows) => [...rows.keys()]);
}

function ended(): number {
  return [...scene.tables.instances.values()].filter(({ status }) => status === 'completed').length;
}
