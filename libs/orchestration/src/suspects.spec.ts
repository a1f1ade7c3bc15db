import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { InMemoryEventSource, InMemoryLaneStore } from '#libs/memory';
import { Scene } from './coordinator.fixture.js';

let scene: Scene;

beforeEach(() => {
  scene = new Scene();
});

afterEach(async () => {
  await scene.end();
});

/** One life of a coordinator that ends without a word: its store never answers a commit that holds the deadly start. */
async function die(owner: string): Promise<void> {
  const homeSource = new InMemoryEventSource(scene.broker, { group: 'scene', topics: ['scene.home'] });
  await scene.startCoordinator({ lanes: new DeadlyStore(scene), homeSource, owner });
  await scene.run(1_000);
  await homeSource.stop();
  scene.coordinators.length = 0;
}

describe('a record that ends whoever folds it', () => {
  it('is parked once enough coordinators have tried', async () => {
    const deadly = scene.start('deadly');
    for (let life = 1; life <= 6; life += 1) await die(`life ${life}`);

    await scene.startCoordinator();
    await scene.run(2_000);

    expect(scene.parked).toEqual(['suspect']);
    expect(scene.tables.instances.has(deadly)).toBe(false);
  });

  it('is not suspected before', async () => {
    const deadly = scene.start('deadly');
    for (let life = 1; life <= 4; life += 1) await die(`life ${life}`);

    await scene.startCoordinator();
    await scene.run(2_000);

    expect(scene.parked).toEqual([]);
    expect(scene.status(deadly)).toBe('running');
  });
});

describe('a quiet lane', () => {
  it('is not suspected however often it changes hands', async () => {
    for (let life = 1; life <= 8; life += 1) {
      await scene.startCoordinator({ owner: `life ${life}` });
      await scene.end();
      scene.coordinators.length = 0;
    }
    const saga = scene.start('o1');

    await scene.startCoordinator();
    await scene.run(2_000);

    expect(scene.status(saga)).toBe('running');
  });
});

/** Hangs for ever in the commit of a saga that starts, as a process that was killed there does. */
class DeadlyStore extends InMemoryLaneStore {
  constructor({ tables }: Scene) {
    super(tables);
  }

  override commit(...args: Parameters<InMemoryLaneStore['commit']>): ReturnType<InMemoryLaneStore['commit']> {
    return args[0].some(({ inserts }) => inserts.length > 0)
      ? new Promise(() => undefined)
      : super.commit(...args);
  }
}
