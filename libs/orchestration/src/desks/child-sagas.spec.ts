import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SagaId } from '#libs/messaging';
import type { Json, Node, Program } from '#libs/saga';
import { compiledPrograms, fixedDefinitions, Scene } from '../coordinator.fixture.js';
import type { HistoryEntry } from '../history.js';

const parentText = `
saga: order
version: 1
key: input.orderId
triggers: [{ event: shop.order.placed }]
steps:
  - wait: billing
    event: shop.never.comes
  - emit: told
    event: shop.order.billed
    with: { answer: '\${ steps.billing.output.status }' }
`;
const childText = `
saga: billing
version: 1
key: input.orderId
input: { type: object, required: [orderId], properties: { orderId: { type: string } } }
steps:
  - step: reserve
    call: inventory.reserve
    timeout: 10s
    compensate: inventory.release
    catch: { rejected: { then: compensate } }
  - wait: settled
    event: shop.bill.settled
  - end: billed
`;

let scene: Scene;

beforeEach(() => {
  scene = new Scene();
});

afterEach(() => scene.end());

describe('a saga that asks for another one', () => {
  it('starts it under the key it says, with its input', async () => {
    await begin();
    const child = childSaga();

    expect(scene.state(child)).toMatchObject({
      input: { orderId: 'O1' },
      facts: {
        definition: 'billing',
        key: 'bill-O1',
        hops: 1,
        parent: { saga: parentSaga(), id: 'billing/1/wait' },
      },
    });
  });

  it('goes on with its result', async () => {
    await begin();
    scene.answer(scene.commands('inventory')[0]!);
    await scene.run(1_000);
    scene.tell('shop.bill.settled', 'bill-O1', {}, 'settled');
    await scene.run(1_000);

    expect(scene.status(childSaga())).toBe('completed');
    expect(heardBy(parentSaga())).toMatchObject([
      { what: 'completed', data: { saga: childSaga(), status: 'completed', result: 'billed' } },
    ]);
    expect(scene.status(parentSaga())).toBe('completed');
  });

  it('hears that it was undone by itself', async () => {
    await begin();
    scene.answer(scene.commands('inventory')[0]!, { outcome: 'rejected', error: 'no-stock' });
    await scene.run(1_000);

    expect(heardBy(parentSaga())).toMatchObject([
      { what: 'compensated', data: { failure: { error: 'no-stock', step: 'reserve' } } },
    ]);
    expect(scene.state(parentSaga()).failure?.causes).toMatchObject([{ error: 'no-stock', step: 'reserve' }]);
  });

  it.each<[string, Json, string]>([
    ['an unknown definition', { definition: 'nobody' }, 'nobody is not published'],
    ['an input it cannot have', { input: {} }, 'not an input of billing'],
    ['no usable key', { key: '' }, 'the key of billing is not a text or a number'],
  ])('hears a refusal of %s', async (_, given, reason) => {
    await begin(given as object);

    expect(heardBy(parentSaga())).toMatchObject([
      { what: 'refused', data: { reason: expect.stringContaining(reason) } },
    ]);
  });

  it('hears a refusal when the key is taken', async () => {
    await begin();
    place('O2', { key: 'bill-O1' });
    await scene.run(1_000);
    const [, second] = sagasOf('order');

    expect(heardBy(second!)).toMatchObject([{ what: 'refused', data: { saga: childSaga() } }]);
  });

  it('starts it once, whatever is repeated', async () => {
    await begin();
    repeat('start/1');
    await scene.run(1_000);

    expect(sagasOf('billing')).toHaveLength(1);
    expect(scene.commands('inventory')).toHaveLength(1);
    expect(heardBy(parentSaga())).toEqual([]);
  });

  it('carries its trace on', async () => {
    await begin();

    expect(scene.tables.instances.get(childSaga())?.trace).toBe(
      scene.tables.instances.get(parentSaga())?.trace,
    );
    expect(scene.tables.instances.get(childSaga())?.trace).toContain('a'.repeat(32));
  });

  it('stops it when it is cancelled itself', async () => {
    await begin();
    scene.answer(scene.commands('inventory')[0]!);
    await scene.run(1_000);
    scene.act(parentSaga(), 'cancel');
    await scene.run(1_000);

    expect(scene.commands('inventory').map(({ type }) => type)).toEqual([
      'inventory.reserve',
      'inventory.release',
    ]);
    scene.answer(scene.commands('inventory')[1]!);
    await scene.run(1_000);
    expect(scene.status(childSaga())).toBe('cancelled');
  });

  it('stops it without the word of a person', async () => {
    await begin();
    scene.act(parentSaga(), 'cancel');
    await scene.run(1_000);

    expect(inputsOf(childSaga(), 'action')).toMatchObject([{ isOwn: true }]);
    expect(inputsOf(parentSaga(), 'action')).toEqual([expect.not.objectContaining({ isOwn: true })]);
  });
});

const ringText = (more: string): string => `
saga: order
version: 1
key: input.orderId
triggers: [{ event: shop.order.placed }]
steps:
  - saga: again
    definition: order
    key: "input.orderId + '+'"
    with: { orderId: '\${ input.orderId + "+" }', total: 5 }
    if: input.total > 0
${more}
`;

describe('a saga that runs itself without end', () => {
  it('is refused when too many lie behind it, and the whole chain is undone', async () => {
    await beginRing('    maxHops: 3');
    const refusals = sagasOf('order')
      .flatMap((saga) => heardBy(saga))
      .filter(isRefused);

    expect(sagasOf('order')).toHaveLength(4);
    expect(refusals).toMatchObject([
      {
        data: {
          reason:
            '4 sagas would lie behind it, and no more than 3 may: order → order → order → order → order',
        },
      },
    ]);
    expect(new Set(sagasOf('order').map((saga) => scene.status(saga)))).toEqual(new Set(['compensated']));
  });

  it('stops after eight where nothing is said', async () => {
    await beginRing('');

    expect(sagasOf('order')).toHaveLength(9);
  });

  it('is an incident where nobody waits for it', async () => {
    await beginRing('    maxHops: 1\n    detached: true\n    compensate: { none: it may stay }');

    expect(sagasOf('order').map((saga) => scene.status(saga))).toEqual(['completed', 'completed']);
    expect([...scene.tables.incidents.values()]).toMatchObject([
      { code: 'NOT_SENT', block: 'again', message: expect.stringContaining('order → order → order') },
    ]);
  });
});

async function beginRing(more: string): Promise<void> {
  const definitions = fixedDefinitions(scene.clock, compiledPrograms(ringText(more)));
  await definitions.start();
  await scene.startCoordinator({ definitions });
  scene.place('R1', { orderId: 'R1', total: 5 });
  await scene.run(5_000);
}

function isRefused(input: HistoryEntry['input']): boolean {
  return 'what' in input && input.what === 'refused';
}

const shippingText = `
saga: order
version: 1
key: input.orderId
triggers: [{ event: shop.order.placed }]
steps:
  - saga: billing
    definition: billing
    key: "'bill-' + input.orderId"
  - step: ship
    call: shipping.send
    pivot: true
`;

describe('a saga whose child has completed', () => {
  beforeEach(async () => {
    const definitions = fixedDefinitions(scene.clock, compiledPrograms(shippingText, childText));
    await definitions.start();
    await scene.startCoordinator({ definitions });
    place('O1');
    await scene.run(1_000);
    scene.answer(scene.commands('inventory')[0]!);
    scene.tell('shop.bill.settled', 'bill-O1', {}, 'settled');
    await scene.run(1_000);
  });

  it('can have it undone as long as it has not ended itself', async () => {
    expect(scene.status(childSaga())).toBe('completed');
    expect(scene.tables.instances.get(childSaga())?.finishedAt).toBeUndefined();
    scene.answer(scene.commands('shipping')[0]!, { outcome: 'rejected', error: 'no-carrier' });
    await scene.run(1_000);
    scene.answer(scene.commands('inventory')[1]!);
    await scene.run(1_000);

    expect(scene.status(childSaga())).toBe('compensated');
    expect(scene.status(parentSaga())).toBe('compensated');
    expect(heardBy(parentSaga()).map((input) => 'what' in input && input.what)).toEqual([
      'completed',
      'undone',
    ]);
    expect(scene.tables.instances.get(childSaga())?.finishedAt).toBeDefined();
  });

  it('has it undone once, whatever is repeated', async () => {
    scene.answer(scene.commands('shipping')[0]!, { outcome: 'rejected', error: 'no-carrier' });
    await scene.run(1_000);
    repeat('action/1');
    await scene.run(1_000);
    scene.answer(scene.commands('inventory')[1]!);
    await scene.run(1_000);

    expect(scene.incidents).toEqual([]);
    expect([scene.status(childSaga()), scene.status(parentSaga())]).toEqual(['compensated', 'compensated']);
    expect(heardBy(parentSaga()).map((input) => 'what' in input && input.what)).toEqual([
      'completed',
      'undone',
    ]);
  });

  it('lets it go when it ends', async () => {
    scene.answer(scene.commands('shipping')[0]!);
    await scene.run(1_000);

    expect(scene.status(parentSaga())).toBe('completed');
    expect(scene.tables.instances.get(childSaga())).toMatchObject({
      status: 'completed',
      finishedAt: expect.any(Number),
    });
  });
});

const asked = { definition: 'billing', key: 'bill-O1', input: { orderId: 'O1' } };

async function begin(given: object = {}): Promise<void> {
  const definitions = fixedDefinitions(scene.clock, programs(given));
  await definitions.start();
  await scene.startCoordinator({ definitions });
  place('O1');
  await scene.run(1_000);
}

/** Gives the child a record of this kind once more. */
function repeat(kind: string): void {
  const parts = [0, 1].flatMap(
    (part) => scene.broker.log({ topic: 'scene.home', part })!.read(0, 1_000).records,
  );
  const record = parts.find(
    ({ key, headers }) =>
      key?.toString() === childSaga() && Object.values(headers).some((bytes) => bytes.toString() === kind),
  )!;
  const headers = Object.entries(record.headers).map(([name, bytes]) => [name, bytes.toString()]);
  scene.broker.append({
    topic: record.topic,
    part: record.part,
    key: record.key!.toString(),
    value: record.value!.toString(),
    headers: Object.fromEntries(headers) as Record<string, string>,
  });
}

function place(orderId: string, given: object = {}): void {
  scene.place(orderId, { orderId, ...given }, { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` });
}

/** The parent asks a saga where its text waits for an event. */
function programs(given: object): readonly Program[] {
  const [parent, child] = compiledPrograms(parentText, childText);
  const { definition, key, input } = { ...asked, ...given };
  const ask: Node = {
    kind: 'ask',
    id: 'billing',
    block: 'billing',
    channel: 'saga',
    definition,
    key: ({ input: order }) => (order as { key?: string }).key ?? key,
    input: () => input,
    detached: false,
  };
  return [{ ...parent!, root: replaced(parent!.root, ask) }, child!];
}

function replaced(node: Node, ask: Node): Node {
  if (node.kind === 'scope') return { ...node, child: replaced(node.child, ask) };
  if (node.kind === 'seq') return { ...node, children: node.children.map((each) => replaced(each, ask)) };
  return node.kind === 'ask' ? { ...ask, id: node.id } : node;
}

function sagasOf(definition: string): readonly SagaId[] {
  return [...scene.tables.instances.values()]
    .filter((row) => row.definition === definition)
    .map(({ id }) => id);
}

function parentSaga(): SagaId {
  return sagasOf('order')[0]!;
}

function childSaga(): SagaId {
  return sagasOf('billing')[0]!;
}

function heardBy(saga: SagaId): readonly HistoryEntry['input'][] {
  return inputsOf(saga, 'heard');
}

function inputsOf(saga: SagaId, wanted: HistoryEntry['input']['kind']): readonly HistoryEntry['input'][] {
  return scene
    .history(saga)
    .map(({ input }) => input)
    .filter(({ kind }) => kind === wanted);
}
