import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SagaId } from '#libs/messaging';
import { compileDefinitions, type FactAsk, type Node, type Program } from '#libs/saga';
import { fixedDefinitions, Scene } from '../coordinator.fixture.js';
import { factsByEvent } from '../loaded-facts.js';

const texts = `
participant: wms
events:
  wms.stock-changed: { key: data.warehouseId }
facts:
  wms.stock: { from: wms.stock-changed, key: data.sku, value: '\${ data.units }', asOf: data.countedAt, lag: 1m }
---
saga: order
version: 1
key: input.orderId
triggers: [{ event: shop.order.placed }]
steps:
  - wait: stock
    event: shop.never.comes
  - emit: told
    event: shop.order.counted
    with: { stock: '\${ steps.stock.output }' }
`;

let scene: Scene;

beforeEach(() => {
  scene = new Scene();
  scene.broker.createTopic('wms.events');
});

afterEach(() => scene.end());

describe('a saga that asks for a fact', () => {
  it('goes on with what an event said before', async () => {
    await begin();
    counted('A7', 5, 0);
    await scene.run(1_000);
    await placed();

    expect(scene.status(scene.onlySaga)).toBe('completed');
    expect(heardBy(scene.onlySaga)).toMatchObject([
      { what: 'fact', data: { value: 5, asOf: 0, lagMs: 60_000 }, event: { type: 'wms.stock-changed' } },
    ]);
  });

  it('is served by one event, however many ask while that is fresh', async () => {
    await begin({ freshMs: 3_600_000 });
    const countedAt = scene.clock.now();
    counted('A7', 5, countedAt);
    await scene.run(1_000);
    const orders = Array.from({ length: 20 }, (_, index) => `O${index}`);
    for (const orderId of orders) scene.tell('shop.order.placed', orderId, { orderId }, orderId);
    await scene.run(10_000);

    const heard = [...scene.tables.instances.keys()].flatMap((saga) => heardBy(saga));
    expect(heard).toHaveLength(20);
    for (const input of heard)
      expect(input).toMatchObject({
        what: 'fact',
        data: { value: 5, kept: true },
        event: { id: `A7-${countedAt}` },
      });
  });

  it('goes on with what comes while it waits', async () => {
    await begin({ waitMs: 60_000 });
    await placed();
    expect(scene.status(scene.onlySaga)).toBe('running');
    counted('B1', 1, 0);
    counted('A7', 5, 0);
    await scene.run(1_000);

    const [heard] = heardBy(scene.onlySaga);
    expect(heard).toMatchObject({ what: 'fact', data: { value: 5 } });
    expect(heard).not.toHaveProperty('data.kept');
  });

  it('is told that it is too old when its source lies behind as far as that', async () => {
    await begin({ freshMs: 60_000 });
    counted('A7', 5, scene.clock.now());
    await scene.run(1_000);
    await placed();

    expect(heardBy(scene.onlySaga)).toMatchObject([{ what: 'stale', data: { value: 5, lagMs: 60_000 } }]);
    expect(scene.state(scene.onlySaga).failure).toMatchObject({ error: 'stale', step: 'stock' });
  });

  it('is told when its time of waiting is over', async () => {
    await begin({ freshMs: 3_600_000, waitMs: 5_000 });
    await placed();
    await scene.run(10_000);

    expect(heardBy(scene.onlySaga)).toMatchObject([{ what: 'stale', data: {} }]);
  });

  it('hears after its coordinator was another one', async () => {
    await begin({ waitMs: 60_000 });
    await placed();
    await scene.end();
    await begin({ waitMs: 60_000 });
    counted('A7', 5, scene.clock.now());
    await scene.run(2_000);

    expect(heardBy(scene.onlySaga)).toMatchObject([{ what: 'fact', data: { value: 5 } }]);
  });
});

describe('an event that says nothing usable about a fact', () => {
  it.each<[string, object, string]>([
    ['no key', { countedAt: '1970-01-01T00:00:00Z', units: 1 }, 'unusable-fact'],
    ['no time', { sku: 'A7', units: 1, countedAt: 'yesterday' }, 'unusable-fact'],
    ['a time to come', { sku: 'A7', units: 1, countedAt: '2100-01-01T00:00:00Z' }, 'time-in-the-future'],
  ])('is parked when it has %s', async (_, data, reason) => {
    await begin();
    scene.tell('wms.stock-changed', 'W1', data, 'e1');
    await scene.run(1_000);

    expect(scene.parked).toEqual([reason]);
    expect([...scene.tables.desks.values()]).toEqual([]);
  });
});

describe('facts that definitions ask for', () => {
  const [program] = compileDefinitions([{ file: 'a.yaml', text: texts }]).programs;
  const stock = { fact: 'wms.stock', from: 'wms.stock-changed', key: () => 'k', lagMs: 0 };

  it.each<[string, readonly (number | undefined)[], number | undefined]>([
    ['as long as the most patient accepts it', [5, 9, 7], 9],
    ['for ever where somebody accepts any age', [5, undefined, 7], undefined],
  ])('are kept %s', (_, ages, keepMs) => {
    const programs = ages.map((freshMs, index): Program => {
      const needed = freshMs === undefined ? stock : { ...stock, freshMs };
      return { ...program!, version: index + 1, facts: [needed] };
    });

    expect(
      factsByEvent(programs)
        .get('wms.stock-changed')
        ?.map((fact) => fact.keepMs),
    ).toEqual([keepMs]);
  });
});

async function begin(given: Partial<FactAsk> = {}): Promise<void> {
  const definitions = fixedDefinitions(scene.clock, [asking(given)]);
  await definitions.start();
  await scene.startCoordinator({ definitions });
}

async function placed(): Promise<void> {
  scene.tell('shop.order.placed', 'O1', { orderId: 'O1' }, 'placed');
  await scene.run(1_000);
}

function counted(sku: string, units: number, at: number): void {
  const countedAt = new Date(at).toISOString();
  scene.tell('wms.stock-changed', 'W1', { warehouseId: 'W1', sku, units, countedAt }, `${sku}-${at}`);
}

/** The saga asks for a fact where its text waits for an event. */
function asking(given: Partial<FactAsk>): Program {
  const { programs, contracts } = compileDefinitions([{ file: 'a.yaml', text: texts }]);
  const ask: FactAsk = {
    kind: 'ask',
    id: '',
    block: 'stock',
    channel: 'fact',
    fact: 'wms.stock',
    key: () => 'A7',
    ...given,
  };
  const { freshMs } = given;
  const needed = { fact: 'wms.stock', ...contracts.facts.get('wms.stock')! };
  return {
    ...programs[0]!,
    root: replaced(programs[0]!.root, ask),
    facts: [freshMs === undefined ? needed : { ...needed, freshMs }],
  };
}

function replaced(node: Node, ask: FactAsk): Node {
  if (node.kind === 'scope') return { ...node, child: replaced(node.child, ask) };
  if (node.kind === 'seq') return { ...node, children: node.children.map((each) => replaced(each, ask)) };
  return node.kind === 'ask' ? { ...ask, id: node.id } : node;
}

function heardBy(saga: SagaId) {
  return scene
    .history(saga)
    .map(({ input }) => input)
    .filter(({ kind }) => kind === 'heard');
}
