import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { homeOf, type SagaId } from '#libs/messaging';
import { InMemoryEventSource, InMemoryLaneStore } from '#libs/memory';
import type { Coordinator } from './coordinator.js';
import { Scene } from './coordinator.fixture.js';
import { StoreRefusedError, StoreUnavailableError } from './store-errors.js';

let scene: Scene;

beforeEach(() => {
  scene = new Scene();
});

afterEach(async () => {
  await scene.end();
});

describe('a lane', () => {
  it('sends the first command of a saga that starts', async () => {
    await scene.startCoordinator();

    const saga = scene.start('o1');
    await scene.run(500);

    expect(scene.commands('inventory').map(({ saga: id, type }) => [id, type])).toEqual([
      [saga, 'inventory.reserve'],
    ]);
  });

  it('carries a saga from its start to its end', async () => {
    await scene.startCoordinator();
    const saga = scene.start('o1');
    await scene.run(500);

    scene.answer(scene.commands('inventory')[0]!);
    await scene.run(500);
    scene.answer(scene.commands('shipping')[0]!);
    await scene.run(500);

    expect(scene.status(saga)).toBe('completed');
    expect(scene.broker.log({ topic: 'shop.events', part: 0 })!.end).toBe(1);
  });

  it('notes a repeated start in the history of the saga', async () => {
    await scene.startCoordinator();
    const saga = scene.start('o1');
    await scene.run(500);

    scene.start('o1');
    await scene.run(500);

    expect(scene.tables.instances.size).toBe(1);
    expect(scene.commands('inventory')).toHaveLength(1);
    expect(scene.history(saga).map(({ input, effects }) => [input.kind, effects.length])).toEqual([
      ['start', 1],
      ['start', 0],
    ]);
  });

  it('notes a start that lost against another one of the same key', async () => {
    await scene.startCoordinator();
    const winner = scene.start('o1');
    await scene.run(5_000);

    scene.start('o1');
    await scene.run(500);

    expect([...scene.tables.instances.keys()]).toEqual([winner]);
    expect(scene.history(winner)).toHaveLength(2);
  });

  it('deletes what was published within a second of idleness', async () => {
    await scene.startCoordinator();
    scene.start('o1');
    await scene.run(1_500);

    const rows = [...scene.tables.outbox.values()].map((outbox) => outbox.size);

    expect(Math.max(...rows)).toBe(0);
  });

  it('takes replies from a partition that is not their home', async () => {
    await scene.startCoordinator();
    const saga = scene.start('o1');
    await scene.run(500);
    const [command] = scene.commands('inventory');

    scene.answer(command!, {}, 1 - command!.replyPartition);
    await scene.run(500);

    expect(scene.state(saga).steps).toHaveProperty('reserve');
  });

  it('asks again when a participant is silent', async () => {
    await scene.startCoordinator();
    scene.start('o1');
    await scene.run(30_000);

    const commands = scene.commands('inventory');

    expect(commands.length).toBeGreaterThan(1);
    expect(new Set(commands.map(({ id }) => id)).size).toBe(1);
  });

  it('counts silence from when the broker had the command', async () => {
    await scene.startCoordinator();
    const log = scene.broker.log({ topic: 'inventory.commands', part: 0 })!;
    log.isWritable = false;
    scene.start('o1');
    await scene.run(60_000);
    expect(scene.commands('inventory')).toHaveLength(0);

    log.isWritable = true;
    await scene.run(8_000);

    expect(scene.commands('inventory')).toHaveLength(1);
  });
});

describe('a record that cannot be folded', () => {
  it('is parked with its bytes while the lane goes on', async () => {
    await scene.startCoordinator();
    scene.broker.append({ topic: 'scene.home', part: 0, key: 'k', value: 'rubbish', headers: {} });
    scene.broker.append({ topic: 'scene.home', part: 1, key: 'k', value: 'rubbish', headers: {} });

    const saga = scene.start('o1');
    await scene.run(500);

    expect(scene.parked).toEqual(['missing-header', 'missing-header']);
    expect([...scene.tables.parked.values()][0]!.value).toEqual(Buffer.from('rubbish'));
    expect(scene.status(saga)).toBe('running');
  });

  it('is parked when somebody else signed it', async () => {
    await scene.startCoordinator();
    const headers = { 'saga-record': 'due/1', 'saga-head': '{}', 'saga-signature': 'k.AAAA' };
    scene.broker.append({
      topic: 'scene.home',
      part: 0,
      key: '019b0000-0000-7000-8000-000000000000',
      value: null,
      headers,
    });
    await scene.run(500);

    expect(scene.parked).toEqual(['wrong-signature']);
  });

  it('is parked when it answers what was never asked', async () => {
    await scene.startCoordinator();
    scene.start('o1');
    await scene.run(500);
    const [command] = scene.commands('inventory');

    scene.answer({ ...command!, operation: 'ship/1/do~k.forged' });
    await scene.run(500);

    expect(scene.parked).toEqual(['unknown-operation']);
  });

  it('is evidence when it answers a saga the database has lost', async () => {
    await scene.startCoordinator();
    const saga = scene.start('o1');
    await scene.run(500);
    const [command] = scene.commands('inventory');
    await scene.end();
    scene.tables.instances.delete(saga);
    scene.coordinators.length = 0;

    await scene.startCoordinator();
    scene.answer(command!);
    await scene.run(500);

    expect(scene.parked).toEqual(['lost-saga']);
    expect(scene.incidents).toEqual(['LOST_SAGA']);
  });

  it('is found when the store refuses a batch, and holds its saga', async () => {
    const lanes = new RefusingStore(scene);
    await scene.startCoordinator({ lanes });
    const good = scene.start('good');
    const bad = scene.start('bad');
    await scene.run(500);

    for (const command of scene.commands('inventory'))
      scene.answer(command, { data: { note: command.saga === bad ? 'poison' : 'fine' } });
    await scene.run(2_000);

    expect(scene.tables.instances.get(bad)).toMatchObject({ held: true, incident: true });
    expect(scene.state(good).steps).toHaveProperty('reserve');
    expect(scene.parked).toEqual(['refused-by-database']);
  });

  it('queues what follows of its saga until it is redriven', async () => {
    const lanes = new RefusingStore(scene);
    await scene.startCoordinator({ lanes });
    const saga = scene.start('bad');
    await scene.run(500);
    const [command] = scene.commands('inventory');
    scene.answer(command!, { data: { note: 'poison' } });
    await scene.run(2_000);
    scene.answer(command!, { data: { note: 'again' } });
    await scene.run(2_000);
    expect(scene.parked).toEqual(['refused-by-database', 'waiting']);

    lanes.isPicky = false;
    scene.act(saga, 'redrive');
    await scene.run(2_000);

    expect(scene.parked).toEqual([]);
    expect(scene.incidents).toEqual([]);
    expect(scene.state(saga).steps['reserve']?.output).toEqual({ note: 'poison' });
    expect(scene.tables.audits.get('redrive')?.result).toBe('done');
  });

  it('can be left out by an operator', async () => {
    const lanes = new RefusingStore(scene);
    await scene.startCoordinator({ lanes });
    const saga = scene.start('bad');
    await scene.run(500);
    const [command] = scene.commands('inventory');
    scene.answer(command!, { data: { note: 'poison' } });
    scene.answer(command!, { data: { note: 'second' } });
    await scene.run(2_000);

    scene.act(saga, 'skip-record');
    await scene.run(2_000);

    expect(scene.parked).toEqual([]);
    expect(scene.state(saga).steps['reserve']?.output).toEqual({ note: 'second' });
  });
});

describe('a lane that changes hands', () => {
  it('publishes what its former owner had committed', async () => {
    const homeSource = new InMemoryEventSource(scene.broker, { group: 'scene', topics: ['scene.home'] });
    await scene.startCoordinator({ lanes: new HangingStore(scene), homeSource });
    scene.start('o1');
    await scene.run(500);
    expect(scene.commands('inventory')).toHaveLength(0);

    await homeSource.stop();
    scene.coordinators.length = 0;
    await scene.startCoordinator();
    await scene.run(1_000);

    expect(scene.commands('inventory')).toHaveLength(1);
  });

  it('goes on from what is stored when a commit was not answered', async () => {
    const lanes = new ForgetfulStore(scene);
    await scene.startCoordinator({ lanes });
    lanes.failures = 1;

    const saga = scene.start('o1');
    await scene.run(5_000);

    expect(scene.status(saga)).toBe('running');
    expect(new Set(scene.commands('inventory').map(({ id }) => id)).size).toBe(1);
  });

  it('halts when its topic was recreated', async () => {
    await scene.startCoordinator();
    const saga = scene.start('o1');
    await scene.run(1_000);
    await scene.end();
    scene.coordinators.length = 0;

    scene.broker.deleteTopic('scene.home');
    scene.broker.createTopic('scene.home', { partitions: 2 });
    await scene.startCoordinator();
    await scene.run(1_000);

    expect(scene.status(saga)).toBe('running');
    expect(scene.incidents).toEqual(['LANE_HALTED']);
  });

  it('goes on where a person says when it is halted', async () => {
    const { saga, coordinator } = await withRecreatedHome();
    const part = homeOf(saga, 2);

    await settled(coordinator.moveLane.move({ ...laneAt(part), to: 'start', by: 'ann', reason: 'drill' }));
    await scene.run(15_000);
    const next = scene.start('o2-after');
    await scene.run(5_000);

    expect([scene.incidents, scene.status(next)]).toEqual([[], 'running']);
    expect([...scene.tables.audits.values()]).toMatchObject([
      { action: 'move-lane', by: 'ann', reason: 'drill', result: 'done' },
    ]);
  });

  it('is not moved while it folds, nor to where nothing is', async () => {
    const { saga, coordinator } = await withRecreatedHome();
    const part = homeOf(saga, 2);
    const who = { by: 'ann', reason: 'drill' };

    const healthy = coordinator.moveLane.move({ ...laneAt(1 - part), to: 'start', ...who });
    const beyond = coordinator.moveLane.move({ ...laneAt(part), to: 99, ...who });

    await expect(healthy).rejects.toThrow(`scene.home/${1 - part} is not halted`);
    await expect(beyond).rejects.toThrow('holds the offsets 0 to 0; 99 is not among them');
  });

  it('reports a database that was restored to an earlier time', async () => {
    await scene.startCoordinator();
    scene.start('o1');
    await scene.run(5_000);
    await scene.end();
    scene.coordinators.length = 0;
    for (const [name, lane] of scene.tables.lanes) {
      const { anchor: _, nextOffset: __, ...earlier } = lane;
      scene.tables.lanes.set(name, { ...earlier, seq: 0 });
    }
    scene.tables.instances.clear();
    scene.tables.keys.clear();

    await scene.startCoordinator();
    await scene.run(2_000);

    expect(scene.incidents).toContain('DATABASE_REWOUND');
    expect(scene.tables.instances.size).toBe(1);
  });
});

/** A coordinator that finds the home topic made anew after it has folded a saga. */
async function withRecreatedHome(): Promise<{ readonly saga: SagaId; readonly coordinator: Coordinator }> {
  await scene.startCoordinator();
  const saga = scene.start('o1');
  await scene.run(1_000);
  await scene.end();
  scene.coordinators.length = 0;
  scene.broker.deleteTopic('scene.home');
  scene.broker.createTopic('scene.home', { partitions: 2 });
  const coordinator = await scene.startCoordinator();
  await scene.run(1_000);
  return { saga, coordinator };
}

function laneAt(part: number): { readonly topic: string; readonly part: number } {
  return { topic: 'scene.home', part };
}

async function settled(work: Promise<unknown>): Promise<void> {
  await scene.run(100);
  await work;
}

/** Refuses for good whatever holds the word poison, as a database refuses a NUL character. */
class RefusingStore extends InMemoryLaneStore {
  isPicky = true;

  constructor({ tables }: Scene) {
    super(tables);
  }

  override commit(...args: Parameters<InMemoryLaneStore['commit']>): ReturnType<InMemoryLaneStore['commit']> {
    const isPoison = args[0].some(({ updates }) => updates.some(({ state }) => state.includes('poison')));
    if (this.isPicky && isPoison) return Promise.reject(new StoreRefusedError('poison'));
    return super.commit(...args);
  }
}

/** Commits, and never says so. */
class HangingStore extends InMemoryLaneStore {
  constructor({ tables }: Scene) {
    super(tables);
  }

  override async commit(
    ...args: Parameters<InMemoryLaneStore['commit']>
  ): ReturnType<InMemoryLaneStore['commit']> {
    await super.commit(...args);
    return new Promise(() => undefined);
  }
}

/** Commits, but loses its answer as often as it is told. */
class ForgetfulStore extends InMemoryLaneStore {
  failures = 0;

  constructor({ tables }: Scene) {
    super(tables);
  }

  override async commit(
    ...args: Parameters<InMemoryLaneStore['commit']>
  ): ReturnType<InMemoryLaneStore['commit']> {
    const result = await super.commit(...args);
    if (this.failures === 0) return result;
    this.failures -= 1;
    throw new StoreUnavailableError('the connection was lost');
  }
}
