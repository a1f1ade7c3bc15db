import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Scene } from './coordinator.fixture.js';
import { SagaMetrics } from './saga-metrics.js';

const ignored = (): void => undefined;

class ConflictMetrics extends SagaMetrics {
  override readonly enabled = true;
  readonly conflicts: string[] = [];
  override readonly committed = ignored;
  override readonly cycle = ignored;
  override readonly askedFor = ignored;
  override readonly hearsay = ignored;
  override readonly parked = ignored;
  override readonly gated = ignored;
  override readonly tookIn = ignored;
  override readonly watch = ignored;

  override conflicted(kind: string): void {
    this.conflicts.push(kind);
  }
}

let scene: Scene;

beforeEach(() => {
  scene = new Scene();
});

afterEach(() => scene.end());

describe('a commit that others came before', () => {
  it('is counted, and tried again on what they stored', async () => {
    const metrics = new ConflictMetrics();
    await scene.startCoordinator({ metrics });
    const saga = scene.start('o1');
    await scene.run(1_000);
    const stored = scene.tables.instances.get(saga)!;
    scene.tables.instances.set(saga, { ...stored, revision: stored.revision + 1 });

    scene.answer(scene.commands('inventory')[0]!);
    await scene.run(1_000);

    expect(metrics.conflicts).toEqual(['revision']);
    expect(scene.commands('shipping')).toHaveLength(1);
  });
});
