import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { header } from '#libs/messaging';
import { Scene, sceneDefinitions, sceneSaga } from './coordinator.fixture.js';
import { SagaMetrics } from './saga-metrics.js';

const saga = '0196f0a0-0000-7abc-8000-000000000001';

const ignored = (): void => undefined;

/** Keeps what it is told of intake and gates, by name. */
class CountingMetrics extends SagaMetrics {
  override readonly enabled = true;
  readonly counts: Record<string, number> = {};
  override readonly committed = ignored;
  override readonly cycle = ignored;
  override readonly askedFor = ignored;
  override readonly hearsay = ignored;
  override readonly conflicted = ignored;
  override readonly parked = ignored;
  override readonly watch = ignored;

  override gated(definition: string, gate: string, count: number): void {
    this.add(`${definition} gated ${gate}`, count);
  }

  override tookIn(definition: string, cause: string, count: number): void {
    this.add(`${definition} from ${cause}`, count);
  }

  private add(name: string, count: number): void {
    this.counts[name] = (this.counts[name] ?? 0) + count;
  }
}

let scene: Scene;
let metrics: CountingMetrics;

beforeEach(() => {
  scene = new Scene();
  metrics = new CountingMetrics();
});

afterEach(() => scene.end());

describe('what a definition takes in', () => {
  it('is counted by where it comes from', async () => {
    await scene.startCoordinator({ metrics });

    scene.place('o1');
    scene.place('o2', undefined, { [header.correlation]: 'an id of another system' });
    scene.place('o3', undefined, { [header.correlation]: saga });
    scene.place('o4', undefined, { [header.correlation]: saga, [header.source]: '/skald/scene' });
    scene.place('o5', { orderId: 'o5', total: 0 }, { [header.correlation]: saga });
    await scene.run(3_000);

    expect(metrics.counts).toEqual({
      'order from outside': 2,
      'order from command': 2,
      'order from saga': 1,
      'order gated has-a-value': 1,
    });
  });

  it('is counted as kept out where the desk of its key does that', async () => {
    const text = sceneSaga.replace(
      'key: input.orderId',
      'key: { of: input.orderId, conflict: queue, reuse: afterEnd }',
    );
    const echoing = text.replace(
      'gates: { has-a-value: data.total > 0 }',
      'echo: { unless: data.total > 9 }',
    );
    const definitions = sceneDefinitions(scene.clock, 0, echoing);
    await definitions.start();
    await scene.startCoordinator({ definitions, metrics });

    scene.place('o1');
    await scene.run(2_000);
    const [own] = scene.tables.instances.keys();
    scene.place('o1', undefined, { [header.correlation]: own!, [header.id]: 'again' });
    await scene.run(3_000);

    expect(metrics.counts).toEqual({
      'order from outside': 1,
      'order from command': 1,
      'order gated echo': 1,
    });
  });
});
