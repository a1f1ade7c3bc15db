import { describe, expect, it } from '@jest/globals';
import { FakeClock } from '#libs/testing';
import { Admission } from './admission.js';
import { StoreUnavailableError } from './store-errors.js';

const ours = 0;
const others = 1;

describe('admission into home partitions', () => {
  it('waits while a partition of another process has no room', async () => {
    const scene = sceneOf();
    scene.positions.set(others, 0);
    const room = scene.room(others);
    await scene.clock.run(1_000);
    expect(scene.admitted).toEqual([]);

    scene.positions.set(others, 95);
    await scene.clock.run(1_000);

    await room;
    expect(scene.admitted).toEqual([others]);
  });

  it('waits while the store does not answer', async () => {
    const scene = sceneOf();
    scene.isAway = true;
    const room = scene.room(others);
    await scene.clock.run(1_000);
    expect(scene.admitted).toEqual([]);

    scene.isAway = false;
    scene.positions.set(others, 100);
    await scene.clock.run(1_000);

    await room;
    expect(scene.admitted).toEqual([others]);
  });

  it('needs no store for partitions of this process', async () => {
    const scene = sceneOf();
    scene.isAway = true;

    await scene.room(ours);

    expect(scene.admitted).toEqual([ours]);
  });
});

interface Scene {
  readonly clock: FakeClock;
  readonly positions: Map<number, number>;
  readonly admitted: number[];
  isAway: boolean;
  room(part: number): Promise<void>;
}

/** Every partition ends at 100, ours is folded up to there, and ten records may wait. */
function sceneOf(): Scene {
  const clock = new FakeClock();
  const positions = new Map<number, number>();
  const scene: Scene = {
    clock,
    positions,
    admitted: [],
    isAway: false,
    room: async (part) => {
      await admission.room(new Set([part]), () => false);
      scene.admitted.push(part);
    },
  };
  const admission = new Admission({
    clock,
    backlogLimit: 10,
    folded: (part) => (part === ours ? 100 : undefined),
    storedPositions: () =>
      scene.isAway ? Promise.reject(new StoreUnavailableError('away')) : Promise.resolve(new Map(positions)),
  });
  admission.noteEnd(ours, 100);
  admission.noteEnd(others, 100);
  return scene;
}
