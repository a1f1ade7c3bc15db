import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryCommandSink, InMemoryLaneStore } from '#libs/memory';
import { Scene, sceneDefinitions } from './coordinator.fixture.js';
import { StoreUnavailableError } from './store-errors.js';

let scene: Scene;

beforeEach(() => {
  scene = new Scene();
});

afterEach(async () => {
  await scene.end();
});

describe('a gate', () => {
  it('starts a saga for an event that a trigger names', async () => {
    await scene.startCoordinator();

    scene.place('o1');
    await scene.run(1_000);

    expect(scene.tables.instances.get(scene.onlySaga)).toMatchObject({
      businessKey: 'o1',
      definition: 'order',
      version: 1,
    });
  });

  it('starts one saga for an event that comes five times', async () => {
    await scene.startCoordinator();

    for (let time = 0; time < 5; time += 1) scene.place('o1');
    await scene.run(2_000);

    expect(scene.tables.instances.size).toBe(1);
    expect(scene.commands('inventory')).toHaveLength(1);
    expect(scene.history(scene.onlySaga).filter(({ input }) => input.kind === 'start')).toHaveLength(5);
  });

  it('counts what a condition keeps out, by its name', async () => {
    await scene.startCoordinator();

    scene.place('o1', { orderId: 'o1', total: 0 });
    scene.place('o2', { orderId: 'o2', total: 0 });
    await scene.run(2_000);

    expect(scene.tables.instances.size).toBe(0);
    expect([...scene.tables.gated.values()]).toEqual([
      { definition: 'order', event: 'shop.order.placed', gate: 'has-a-value', count: 2 },
    ]);
  });

  it('skips events that no trigger names', async () => {
    await scene.startCoordinator();

    scene.place('o1', {}, { ce_type: 'shop.order.viewed' });
    await scene.run(2_000);

    expect(scene.tables.instances.size).toBe(0);
    expect(scene.parked).toEqual([]);
  });

  it.each<[string, object, Record<string, string>, string]>([
    ['no key', { total: 5 }, {}, 'missing-key'],
    ['a key of 3,000 bytes', { orderId: 'k'.repeat(3_000), total: 5 }, {}, 'key-too-long'],
    [
      'a time in the future',
      { orderId: 'o1', total: 5 },
      { ce_time: '2036-01-01T00:00:00Z' },
      'time-in-the-future',
    ],
    [
      'a time without a zone',
      { orderId: 'o1', total: 5 },
      { ce_time: '2026-01-01T00:00:00' },
      'malformed-header',
    ],
    ['a NUL character', { orderId: 'o\u00001', total: 5 }, {}, 'nul-character'],
    ['nothing a condition can read', { orderId: 'o1' }, {}, 'trigger-failed'],
  ])('parks an event with %s and goes on', async (_what, data, headers, reason) => {
    await scene.startCoordinator();

    scene.place('bad', data, headers);
    scene.place('good');
    await scene.run(2_000);

    expect(scene.parked).toEqual([reason]);
    expect(scene.tables.instances.get(scene.onlySaga)?.businessKey).toBe('good');
  });

  it('starts nothing for what happened before anybody wanted it', async () => {
    scene.place('long-ago');
    await scene.run(3_600_000);
    const definitions = sceneDefinitions(scene.clock, scene.clock.now());
    await definitions.start();
    await scene.startCoordinator({ definitions });

    scene.place('now');
    await scene.run(2_000);

    expect([...scene.tables.instances.values()].map(({ businessKey }) => businessKey)).toEqual(['now']);
  });

  it('stores its position behind what it has forwarded', async () => {
    await scene.startCoordinator();

    scene.place('o1');
    scene.place('o2');
    await scene.run(3_000);

    expect(scene.tables.lanes.get('shop.events/0')?.nextOffset).toBe(2);
  });

  it('forwards again what it had not stored when it went away', async () => {
    const lanes = new NoGatePositions(scene);
    await scene.startCoordinator({ lanes });
    scene.place('o1');
    await scene.run(3_000);
    await scene.end();
    scene.coordinators.length = 0;

    await scene.startCoordinator();
    await scene.run(3_000);

    expect(scene.tables.instances.size).toBe(1);
    expect(scene.tables.lanes.get('shop.events/0')?.nextOffset).toBe(1);
  });

  it('holds new sagas back while old ones wait to be folded', async () => {
    const gateSink = new CountingSink(scene);
    const lanes = new SlowStore(scene);
    await scene.startCoordinator({ lanes, gateSink, backlogLimit: 10, settings: { batchRecords: 1 } });

    for (let order = 0; order < 2_000; order += 1) scene.place(`o${order}`);
    await scene.run(20_000);

    expect(gateSink.records).toBeLessThan(2_000);
    expect(scene.tables.instances.size).toBeGreaterThan(0);
  });
});

/** A store that is away whenever a gate wants to store its position. */
class NoGatePositions extends InMemoryLaneStore {
  constructor({ tables }: Scene) {
    super(tables);
  }

  override commit(...args: Parameters<InMemoryLaneStore['commit']>): ReturnType<InMemoryLaneStore['commit']> {
    const isGate = args[0].some(({ lane }) => lane.topic === 'shop.events');
    return isGate ? Promise.reject(new StoreUnavailableError('away')) : super.commit(...args);
  }
}

/** A store that takes a second for a commit of lanes. */
class SlowStore extends InMemoryLaneStore {
  constructor(private readonly scene: Scene) {
    super(scene.tables);
  }

  override async commit(
    ...args: Parameters<InMemoryLaneStore['commit']>
  ): ReturnType<InMemoryLaneStore['commit']> {
    await new Promise<void>((resolve) => this.scene.clock.after(1_000, resolve));
    return super.commit(...args);
  }
}

/** A sink that counts what goes through it. */
class CountingSink extends InMemoryCommandSink {
  records = 0;

  constructor({ broker }: Scene) {
    super(broker);
  }

  override publish(
    ...args: Parameters<InMemoryCommandSink['publish']>
  ): ReturnType<InMemoryCommandSink['publish']> {
    this.records += args[0].length;
    return super.publish(...args);
  }
}
