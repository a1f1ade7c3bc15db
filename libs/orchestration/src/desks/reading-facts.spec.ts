import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Json, SagaId } from '#libs/messaging';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import { GetSaga } from '../use-cases/get-saga.js';
import { compiledPrograms, fixedDefinitions, Scene } from '../coordinator.fixture.js';

const contracts = `
participant: wms
events: { wms.stock-changed: { key: data.warehouseId } }
facts:
  wms.stock: { from: wms.stock-changed, key: data.sku, value: '\${ data.units }', asOf: data.countedAt, readBy: read-stock }
---
participant: inventory
commands: { count: { effect: none, rejects: [no-such-sku] } }
---
participant: shop
events: { shop.order.placed: {}, shop.truck.delayed: {} }
`;
const reader = `
saga: read-stock
version: 1
key: input.key
input: { type: object, required: [key], properties: { key: { type: string } } }
steps:
  - step: count
    call: inventory.count
    with: { sku: '\${ input.key }' }
    timeout: 2s
    retry: { attempts: 2, delay: 1s }
    catch: { rejected: { then: compensate } }
known: { value: '\${ steps.count.output.units }', asOf: steps.count.output.countedAt }
`;
const asking = (wait: string) => `
saga: order
version: 1
key: input.orderId
triggers: [{ event: shop.order.placed }]
requires: { stock: { fact: wms.stock, key: input.sku, fresh: 15m${wait} } }
catch: { stale: { do: [{ end: not-known }] } }
steps: [{ set: seen, value: '\${ facts.stock.value }' }]
`;
const triggered = `
saga: reroute
version: 1
key: input.sku
triggers:
  - event: shop.truck.delayed
    requires: { stock: { fact: wms.stock, key: data.sku, fresh: 15m, wait: 1m } }
    with: { sku: '\${ data.sku }', units: '\${ facts.stock.value }' }
steps: []
`;
const minute = 60_000;

let scene: Scene;

beforeEach(() => {
  scene = new Scene();
  scene.broker.createTopic('wms.events');
});

afterEach(() => scene.end());

describe('a fact that nobody knows and a saga can read', () => {
  it('is read once, however many ask', async () => {
    await begin();
    for (const orderId of ['O1', 'O2', 'O3']) place(orderId);
    await scene.run(1_000);
    const [count, ...others] = scene.commands('inventory');
    scene.answer(count!, { data: counted(5) });
    await scene.run(1_000);
    place('O4');
    await scene.run(1_000);

    expect(others).toEqual([]);
    expect(scene.commands('inventory')).toHaveLength(1);
    expect(count).toMatchObject({ type: 'inventory.count', data: { sku: 'A7' } });
    expect(sagasOf('order').map((saga) => scene.state(saga).steps['seen']?.output)).toEqual([5, 5, 5, 5]);
  });

  it('is said to be of when it was read, and by whom', async () => {
    await begin();
    place('O1');
    const asOf = scene.clock.now() - minute;
    await answered(counted(5, minute));

    const [readBy] = sagasOf('read-stock');
    expect(heardBy(sagasOf('order')[0]!)).toMatchObject([
      { what: 'fact', data: { value: 5, asOf, lagMs: 0, readBy } },
    ]);
  });

  it('is waited for with the name of the saga that reads it', async () => {
    const definitions = await begin();
    place('O1');
    await scene.run(1_000);
    const [order, reader] = [sagasOf('order')[0]!, sagasOf('read-stock')[0]!];
    const page = await new GetSaga(scene.operators, definitions, scene.clock).get(order);

    const key = scene.tables.instances.get(reader)!.businessKey;
    expect(page.waitsFor).toMatchObject([
      {
        text: 'the fact wms.stock of A7 for saga.stock',
        help: [`read-stock ${key}, which reads it and is running`, 'an event wms.stock-changed about A7'],
      },
    ]);
  });

  it('is read again when it has become too old', async () => {
    await begin();
    place('O1');
    await answered(counted(5));
    await scene.run(16 * minute);
    place('O2');
    await answered(counted(4));

    expect(scene.commands('inventory')).toHaveLength(2);
    expect(scene.state(sagasOf('order').at(-1)!).steps['seen']?.output).toBe(4);
  });

  it('is read for who does not wait, and known to the next', async () => {
    await begin('');
    place('O1');
    await answered(counted(5));
    place('O2');
    await scene.run(1_000);

    expect(sagasOf('order').map((saga) => scene.state(saga).facts.result)).toEqual(['not-known', undefined]);
    expect(scene.commands('inventory')).toHaveLength(1);
  });

  it('is read once when the start of its reader comes twice', async () => {
    await begin();
    place('O1');
    await scene.run(1_000);
    repeat('start/1');
    await answered(counted(5));

    expect(scene.commands('inventory')).toHaveLength(1);
    expect(sagasOf('read-stock').map((saga) => scene.status(saga))).toEqual(['completed']);
  });

  it('is read once when whatever is said to it comes twice', async () => {
    await begin();
    place('O1');
    await answered(counted(5));
    repeat('desk/1');
    await scene.run(1_000);
    place('O2');
    await scene.run(1_000);

    expect(scene.commands('inventory')).toHaveLength(1);
    expect(sagasOf('order').map((saga) => scene.state(saga).steps['seen']?.output)).toEqual([5, 5]);
  });

  it('is read on by another coordinator', async () => {
    await begin();
    place('O1');
    await scene.run(1_000);
    await scene.end();
    await begin();
    await answered(counted(5));

    expect(scene.state(sagasOf('order')[0]!).steps['seen']?.output).toBe(5);
    expect(new Set(scene.commands('inventory').map(({ operation }) => operation)).size).toBe(1);
  });

  it('lets a trigger start what requires it', async () => {
    await begin();
    scene.tell('shop.truck.delayed', 'T1', { sku: 'A7' }, 'delayed');
    await answered(counted(5));

    expect(scene.state(sagasOf('reroute')[0]!).input).toEqual({ sku: 'A7', units: 5 });
  });
});

describe('a fact that cannot be read', () => {
  it('is told as stale when its source says no', async () => {
    await begin();
    place('O1');
    await scene.run(1_000);
    scene.answer(scene.commands('inventory')[0]!, { outcome: 'rejected', error: 'no-such-sku' });
    await scene.run(2_000);

    expect(scene.state(sagasOf('order')[0]!).facts.result).toBe('not-known');
  });

  it('is told as stale when the source is silent for longer than is waited', async () => {
    await begin(', wait: 3s');
    place('O1');
    await scene.run(5_000);

    expect(scene.state(sagasOf('order')[0]!).facts.result).toBe('not-known');
  });

  it('is not read again at once', async () => {
    await begin();
    place('O1');
    await scene.run(1_000);
    scene.answer(scene.commands('inventory')[0]!, { outcome: 'rejected', error: 'no-such-sku' });
    await scene.run(2_000);
    place('O2');
    await scene.run(2_000);
    expect(scene.commands('inventory')).toHaveLength(1);

    await scene.run(6_500);
    await answered(counted(5));
    expect(scene.commands('inventory')).toHaveLength(2);
    expect(scene.state(sagasOf('order')[1]!).steps['seen']?.output).toBe(5);
  });

  it.each<[string, () => Json]>([
    ['too old', () => counted(5, 16 * minute)],
    ['without what is wanted', () => ({ count: 5 })],
    ['of a time to come', () => counted(5, -6 * minute)],
  ])('is told as stale when what is read is %s', async (_, said) => {
    await begin();
    place('O1');
    await answered(said());

    expect(scene.state(sagasOf('order')[0]!).facts.result).toBe('not-known');
  });

  it('is told as stale when nothing is published that reads it', async () => {
    await begin(undefined, 'read-stock');
    place('O1');
    await scene.run(2_000);

    expect(scene.state(sagasOf('order')[0]!).facts.result).toBe('not-known');
  });
});

async function begin(wait = ', wait: 1m', without?: string): Promise<LoadedDefinitions> {
  const programs = compiledPrograms(contracts, reader, asking(wait), triggered).filter(
    ({ definition }) => definition !== without,
  );
  const definitions = fixedDefinitions(scene.clock, programs);
  await definitions.start();
  await scene.startCoordinator({ definitions });
  return definitions;
}

function place(orderId: string): void {
  scene.tell('shop.order.placed', orderId, { orderId, sku: 'A7' }, orderId);
}

function counted(units: number, age = 0) {
  return { units, countedAt: new Date(scene.clock.now() - age).toISOString() };
}

/** Lets the source answer what it was asked last. */
async function answered(data: Json): Promise<void> {
  await scene.run(1_000);
  scene.answer(scene.commands('inventory').at(-1)!, { data });
  await scene.run(2_000);
}

/** Says again whatever of this kind was said last. */
function repeat(kind: string): void {
  for (const part of [0, 1]) {
    const said = scene.broker.log({ topic: 'scene.home', part })!.read(0, 10_000).records;
    for (const { key, value, headers } of said.filter((one) => String(one.headers['saga-record']) === kind))
      scene.broker.append({
        topic: 'scene.home',
        part,
        key: String(key),
        value: String(value),
        headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, String(text)])),
      });
  }
}

function sagasOf(definition: string): readonly SagaId[] {
  const rows = [...scene.tables.instances.values()].filter((row) => row.definition === definition);
  return rows.map(({ id }) => id);
}

function heardBy(saga: SagaId) {
  return scene
    .history(saga)
    .map(({ input }) => input)
    .filter(({ kind }) => kind === 'heard');
}
