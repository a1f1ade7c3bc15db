import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { compiledPrograms, fixedDefinitions, Scene } from '../coordinator.fixture.js';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import { NoSagaMetrics } from '../saga-metrics.js';
import { ListFacts, type FactFilter, type FactPage } from './list-facts.js';

const text = (schema = '') => `participant: yard
events:
  yard.driver-seen: { key: data.driverId${schema} }
facts:
  yard.place: { from: yard.driver-seen, key: data.driverId, value: '\${ data.place }', asOf: data.at, source: /gps }
  yard.free: { from: yard.driver-seen, key: data.driverId, value: '\${ data.free }' }
---
saga: assign
version: 1
key: input.driverId
triggers: [{ event: shop.order.ready }]
requires:
  place: { fact: yard.place, key: input.driverId }
  free: { fact: yard.free, key: input.driverId }
steps:
  - set: at
    value: \${ facts.place.value }
`;

class HearsayMetrics extends NoSagaMetrics {
  readonly facts: string[] = [];

  override hearsay(fact?: string): void {
    this.facts.push(fact!);
  }
}

let scene: Scene;
let definitions: LoadedDefinitions;
let metrics: HearsayMetrics;

beforeEach(() => {
  scene = new Scene();
  scene.broker.createTopic('yard.events');
  metrics = new HearsayMetrics();
});

afterEach(() => scene.end());

describe('a fact with a declared source', () => {
  it.each([
    ['first', '/gps', '/terminal'],
    ['last', '/terminal', '/gps'],
  ])('is what that says, when it speaks %s, and the other is recorded', async (_, one, other) => {
    await begin();
    seen(one, 1_000);
    seen(other, 2_000);
    await scene.run(3_000);

    const { facts, more } = await list();
    expect(more).toBe(false);
    expect(facts).toEqual([
      {
        fact: 'yard.place',
        key: 'D1',
        declaredSource: '/gps',
        known: { value: '/gps', asOf: expect.any(Number), lagMs: 0, source: '/gps' },
        hearsay: {
          count: 1,
          last: [expect.objectContaining({ value: '/terminal', source: '/terminal' })],
        },
      },
    ]);
    expect(metrics.facts).toEqual(['yard.place']);
  });

  it('decides by that alone', async () => {
    await begin();
    seen('/gps', 1_000);
    seen('/terminal', 2_000);
    await scene.run(3_000);
    scene.tell('shop.order.ready', 'D1', { driverId: 'D1' }, 'ready');
    await scene.run(3_000);

    expect(scene.state(scene.onlySaga).steps['at']).toMatchObject({ output: '/gps' });
  });
});

describe('a list of facts', () => {
  it('shows one that nobody contradicts when it is asked for', async () => {
    await begin();
    seen('/gps', 1_000);
    await scene.run(3_000);

    expect(await list()).toEqual({ facts: [], more: false });
    expect((await list({ fact: 'yard.free', key: 'D1' })).facts).toMatchObject([
      { fact: 'yard.free', key: 'D1', known: { value: true, source: '/gps' } },
    ]);
    expect(await list({ fact: 'yard.free', key: 'D2' })).toEqual({ facts: [], more: false });
    await expect(list({ key: 'D1' })).rejects.toMatchObject({ code: 'INVALID_REQUEST' });
  });

  it('covers what is classed, whoever has said it', async () => {
    await begin(', schema: { type: object, properties: { place: { type: string, x-class: personal } } }');
    seen('/gps', 1_000);
    seen('/terminal', 2_000);
    await scene.run(3_000);

    expect((await list({ fact: 'yard.place' })).facts).toMatchObject([
      {
        known: { value: '[masked: personal]' },
        hearsay: { last: [{ value: '[masked: personal]' }] },
      },
    ]);
  });
});

async function begin(schema = ''): Promise<void> {
  definitions = fixedDefinitions(scene.clock, compiledPrograms(text(schema)));
  await definitions.start();
  await scene.startCoordinator({ definitions, metrics });
}

/** Each source says that the driver is where it is itself. */
function seen(source: string, at: number): void {
  const data = { driverId: 'D1', place: source, free: true, at: new Date(at).toISOString() };
  scene.tell('yard.driver-seen', 'D1', data, `seen-${at}`, source);
}

function list(filter: FactFilter = {}): Promise<FactPage> {
  return new ListFacts(scene.operators, definitions).list(filter);
}
