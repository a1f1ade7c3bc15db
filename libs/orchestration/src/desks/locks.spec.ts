import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SagaId } from '#libs/messaging';
import { compiledPrograms, fixedDefinitions, Scene } from '../coordinator.fixture.js';
import { ListLocks, type LockFilter } from '../use-cases/list-locks.js';

const delivery = (conflict: string) => `
saga: order
version: 1
key: input.orderId
triggers: [{ event: shop.order.placed }]
steps:
  - lock: slot
    resource: slot/\${ input.slot }
    lease: 10m
    conflict: ${conflict}
  - step: instruct
    call: inventory.instruct
    compensate: inventory.withdraw
    timeout: 1h
  - step: handOver
    call: shipping.hand-over
    timeout: 1h
    pivot: true
`;

/** Takes two locks, the second one when it is told to. */
const greedy = `
saga: order
version: 1
key: input.orderId
triggers: [{ event: shop.order.placed }]
steps:
  - lock: first
    resource: \${ input.first }
  - step: instruct
    call: inventory.instruct
    compensate: inventory.withdraw
    timeout: 1h
  - lock: second
    resource: \${ input.second }
  - step: handOver
    call: shipping.hand-over
    timeout: 1h
    pivot: true
`;

let scene: Scene;

beforeEach(() => {
  scene = new Scene();
});

afterEach(() => scene.end());

describe('a lock that two sagas want', () => {
  it('is passed on when its holder has ended', async () => {
    await begin(delivery('wait'));
    await place('O1', { slot: 'A' });
    await place('O2', { slot: 'A' });
    await answer('inventory', 0);

    expect(scene.commands('inventory')).toHaveLength(1);
    expect(await locks()).toEqual(['slot/A O1 <- O2']);
    await answer('shipping', 0);
    expect(scene.commands('inventory').map(({ data }) => data)).toMatchObject([
      { orderId: 'O1' },
      { orderId: 'O2' },
    ]);
    expect(await locks()).toEqual(['slot/A O2']);
  });

  it('is named by commands with a token that grows', async () => {
    await begin(delivery('wait'));
    await place('O1', { slot: 'A' });
    await place('O2', { slot: 'A' });
    await answer('inventory', 0);
    await answer('shipping', 0);
    const tokens = scene.commands('inventory').map((command) => command.locks?.['slot/A'] ?? 0);

    expect(tokens[0]).toBeGreaterThan(0);
    expect(tokens[1]).toBeGreaterThan(tokens[0]!);
  });

  it('is taken over when its holder has withdrawn', async () => {
    await begin(delivery('takeOver'));
    await place('O1', { slot: 'A' });
    await place('O2', { slot: 'A' });

    expect(scene.commands('inventory').map(({ type }) => type)).toEqual([
      'inventory.instruct',
      'inventory.withdraw',
    ]);
    await answer('inventory', 1);
    expect(scene.status(saga('O1'))).toBe('compensated');
    expect(await locks()).toEqual(['slot/A O2']);
    expect(scene.commands('inventory')).toHaveLength(3);
  });

  it('stays with a holder behind its pivot', async () => {
    await begin(`${delivery('takeOver')}
  - wait: delivered
    event: shop.delivered
`);
    await place('O1', { slot: 'A' });
    await answer('inventory', 0);
    await answer('shipping', 0);
    await place('O2', { slot: 'A' });

    expect(scene.status(saga('O2'))).toBe('compensated');
    expect(scene.state(saga('O2')).failure).toMatchObject({ error: 'locked' });
    expect(await locks()).toEqual(['slot/A O1 keeps']);
  });

  it('is found by its saga', async () => {
    await begin(delivery('wait'));
    await place('O1', { slot: 'A' });
    await place('O2', { slot: 'B' });
    await place('O3', { slot: 'B' });

    expect(await locks({ saga: saga('O3'), waited: true })).toEqual(['slot/B O2 <- O3']);
    expect(await locks({ resource: 'slot/A' })).toEqual(['slot/A O1']);
    expect(await locks({ waited: true })).toEqual(['slot/B O2 <- O3']);
  });
});

describe('a lock that tells where its holder stands', () => {
  const telling = delivery('refuse')
    .replace('lease: 10m', 'lease: 10m\n    tellsStatus: true')
    .replace('timeout: 1h', 'timeout: 1h\n    status: the driver of ${ input.slot } has been told');

  it('says so to whoever is refused', async () => {
    await begin(telling);
    await place('O1', { slot: 'A' });
    await place('O2', { slot: 'A' });

    expect(scene.state(saga('O2')).failure).toMatchObject({
      error: 'locked',
      message: 'order O1 holds it: the driver of A has been told',
    });
    const { locks: shown } = await new ListLocks(scene.operators).list({});
    expect(shown).toMatchObject([{ holder: { key: 'O1', says: ['the driver of A has been told'] } }]);
  });

  it('is free when its holder has ended', async () => {
    await begin(telling);
    await place('O1', { slot: 'A' });
    await answer('inventory', 0);
    expect((await new ListLocks(scene.operators).list({})).locks).toMatchObject([{ holder: { says: [] } }]);
    await answer('shipping', 0);

    expect(scene.status(saga('O1'))).toBe('completed');
    expect(await locks()).toEqual([]);
  });
});

describe('sagas that wait for each other', () => {
  it('are named, and the youngest gives way', async () => {
    await begin(greedy);
    await place('O1', { first: 'a', second: 'b' });
    await place('O2', { first: 'b', second: 'a' });
    await answer('inventory', 0);
    await answer('inventory', 1);
    const deadlock = [...scene.tables.incidents.values()].find(({ code }) => code === 'DEADLOCK');

    expect(deadlock).toMatchObject({
      saga: saga('O2'),
      message: expect.stringMatching(
        /order O. waits for order O. waits for order O.; order O2 gives way at a/,
      ),
    });
    expect(scene.state(saga('O2')).failure).toMatchObject({ error: 'locked', step: 'second' });
    await answer('inventory', 2);
    await answer('shipping', 0);
    expect([scene.status(saga('O1')), scene.status(saga('O2'))]).toEqual(['completed', 'compensated']);
    expect(await locks()).toEqual([]);
    expect(scene.incidents).toEqual([]);
  });
});

async function begin(text: string): Promise<void> {
  const definitions = fixedDefinitions(scene.clock, compiledPrograms(text));
  await definitions.start();
  await scene.startCoordinator({ definitions });
}

async function place(orderId: string, data: object): Promise<void> {
  scene.place(orderId, { orderId, ...data });
  await scene.run(1_000);
}

async function answer(participant: string, index: number): Promise<void> {
  scene.answer(scene.commands(participant)[index]!);
  await scene.run(1_000);
}

function saga(key: string): SagaId {
  return [...scene.tables.instances.values()].find(({ businessKey }) => businessKey === key)!.id;
}

async function locks(filter: LockFilter = {}): Promise<readonly string[]> {
  const page = await new ListLocks(scene.operators).list(filter);
  return page.locks.map(({ resource, holder, waiting }) =>
    [
      `${resource} ${holder?.key ?? 'free'}`,
      ...(holder?.keeps === true ? ['keeps'] : []),
      ...waiting.map(({ key }) => `<- ${key}`),
    ].join(' '),
  );
}
