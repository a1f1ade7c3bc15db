import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '#libs/saga';
import type { AskedFact } from '../fact-outcome.js';
import { NoSagaMetrics } from '../saga-metrics.js';
import { fixedDefinitions, Scene } from '../coordinator.fixture.js';

const texts = `
participant: dispatch
events:
  dispatch.plan-made: { key: data.truckId }
facts:
  dispatch.plan: { from: dispatch.plan-made, key: data.truckId, asOf: data.madeAt }
---
saga: order
version: 1
key: input.truckId
triggers:
  - event: shop.truck.delayed
    requires: { plan: { fact: dispatch.plan, key: data.truckId, fresh: 5m, wait: 1m } }
    gates: { later-than-planned: data.eta > facts.plan.value.eta + 2 }
    with: { truckId: '\${ data.truckId }', planned: '\${ facts.plan.value.eta }' }
steps: []
`;

/** Keeps how facts came that triggers asked for. */
class FactMetrics extends NoSagaMetrics {
  readonly facts: AskedFact[] = [];

  override askedFor(fact?: AskedFact): void {
    this.facts.push(fact!);
  }
}

let metrics: FactMetrics;
let scene: Scene;

beforeEach(async () => {
  scene = new Scene();
  metrics = new FactMetrics();
  scene.broker.createTopic('dispatch.events');
  await begin();
});

afterEach(() => scene.end());

describe('a trigger that requires a fact', () => {
  it('starts a saga by what is known', async () => {
    await planned('T1', 10);
    await delayed('T1', 13);

    expect(scene.state(scene.onlySaga).input).toEqual({ truckId: 'T1', planned: 10 });
    expect([...scene.tables.desks.keys()]).toHaveLength(1);
  });

  it('has its gates decide by what is known', async () => {
    await planned('T1', 10);
    await delayed('T1', 12);

    expect(gated()).toEqual({ 'later-than-planned': 1 });
  });

  it('waits for it', async () => {
    await delayed('T1', 13);
    await planned('T1', 10);

    expect(scene.status(scene.onlySaga)).toBe('completed');
  });

  it('starts nothing when it stays unknown', async () => {
    await delayed('T1', 13);
    await scene.run(62_000);

    expect(gated()).toEqual({ stale: 1 });
    expect([...scene.tables.desks.values()]).toEqual([]);
  });

  it('starts nothing by what is old', async () => {
    await planned('T1', 10, -6 * 60_000);
    await delayed('T1', 13);
    await scene.run(62_000);

    expect(gated()).toEqual({ stale: 1 });
  });

  it('is counted by whether it was known', async () => {
    await delayed('T1', 13);
    await planned('T1', 10);
    await delayed('T1', 14);
    await delayed('T2', 13);
    await scene.run(62_000);

    const step = 'shop.truck.delayed.plan';
    expect(metrics.facts).toEqual([
      { definition: 'order', step, outcome: 'waited' },
      { definition: 'order', step, outcome: 'kept' },
      { definition: 'order', step, outcome: 'stale' },
    ]);
  });

  it('starts one saga when the event comes twice', async () => {
    await planned('T1', 10);
    await delayed('T1', 13);
    await delayed('T1', 13);

    expect(scene.status(scene.onlySaga)).toBe('completed');
  });

  it('goes on after its coordinator was another one', async () => {
    await delayed('T1', 13);
    await scene.end();
    await begin();
    await planned('T1', 10);
    await scene.run(2_000);

    expect(scene.status(scene.onlySaga)).toBe('completed');
  });
});

async function begin(): Promise<void> {
  const { programs, problems } = compileDefinitions([{ file: 'a.yaml', text: texts }]);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  const definitions = fixedDefinitions(scene.clock, programs);
  await definitions.start();
  await scene.startCoordinator({ definitions, metrics });
}

async function planned(truckId: string, eta: number, ago = 0): Promise<void> {
  const madeAt = new Date(scene.clock.now() + ago).toISOString();
  scene.tell('dispatch.plan-made', truckId, { truckId, eta, madeAt }, `plan-${truckId}-${eta}`);
  await scene.run(1_000);
}

async function delayed(truckId: string, eta: number): Promise<void> {
  scene.tell('shop.truck.delayed', truckId, { truckId, eta }, `delay-${truckId}-${eta}`);
  await scene.run(1_000);
}

function gated() {
  return Object.fromEntries([...scene.tables.gated.values()].map(({ gate, count }) => [gate, count]));
}
