import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SagaId } from '#libs/messaging';
import { compiledPrograms, fixedDefinitions, Scene } from '../coordinator.fixture.js';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import { ExplainWaiting } from './explain-waiting.js';
import { GetSaga } from './get-saga.js';

const contract = `
participant: shop
events:
  shop.goods.sent: { key: data.orderId }
  shop.invoice.paid: { key: data.invoice }
  shop.order.cancelled: { key: data.orderId }
`;
const delivery = `
saga: delivery
version: 1
key: input.orderId
timeout: 2d
triggers: [{ event: shop.order.placed }]
steps:
  - wait: paid
    event: shop.invoice.paid
    key: input.invoice
    timeout: 1d
  - emit: sent
    event: shop.goods.sent
    with: { orderId: '\${ input.orderId }' }
`;
const payment = (invoice: string) => `
saga: payment
version: 1
key: input.orderId
triggers: [{ event: shop.order.placed }]
steps:
  - wait: sent
    event: shop.goods.sent
    key: input.orderId
  - emit: told
    event: shop.invoice.paid
    with: { invoice: '${invoice}' }
`;
const visit = `
saga: visit
version: 1
key: input.orderId
triggers: [{ event: shop.order.placed }]
listen: [{ event: shop.order.cancelled, key: input.orderId, raise: not-wanted }]
catch: { not-wanted: compensate }
steps:
  - task: look
    title: Look at it
    to: { role: clerk }
    escalate: [{ after: 1d, to: { role: clerk } }]
    answers: { seen: [] }
`;

const truck = `
saga: truck
version: 1
key: input.orderId
triggers: [{ event: shop.order.placed }]
steps:
  - lock: slot
    resource: slot/\${ input.slot }
    lease: 10m
    conflict: wait
  - wait: paid
    event: shop.invoice.paid
    key: input.invoice
`;

let scene: Scene;
let definitions: LoadedDefinitions;

beforeEach(() => {
  scene = new Scene();
});

afterEach(() => scene.end());

describe('who can help a saga', () => {
  it('is the saga that would publish what it waits for', async () => {
    await begin(delivery, payment('${ input.invoice }'));

    expect(await waitsFor('delivery')).toMatchObject([
      {
        text: 'the event shop.invoice.paid of I1 for paid',
        until: scene.clock.now() - 1_000 + 86_400_000,
        help: ['payment O1 would publish it at told'],
      },
    ]);
  });

  it('is one of which that is not known yet', async () => {
    await begin(delivery, payment('${ steps.sent.output.invoice }'));

    expect(await waitsFor('delivery')).toMatchObject([
      { help: ['payment O1 may publish it at told; of which key is not known yet'] },
    ]);
  });

  it('is none that publishes it for others', async () => {
    await begin(delivery, payment('I2'));

    expect(await waitsFor('delivery')).toMatchObject([
      { help: ['payment would publish shop.invoice.paid, but no saga was found that still may'] },
    ]);
  });

  it('is somebody outside where no definition publishes it', async () => {
    await begin(delivery);

    expect(await waitsFor('delivery')).toMatchObject([
      { help: ['whoever publishes shop.invoice.paid: no definition does'] },
    ]);
  });

  it('is whoever is asked', async () => {
    await begin(visit);
    const id = sagaOf('visit');

    expect(await waitsFor('visit')).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'task', help: [`whoever is asked: skald tasks --saga ${id}`] }),
        expect.objectContaining({
          kind: 'event',
          help: ['whoever publishes shop.order.cancelled: no definition does'],
        }),
      ]),
    );
  });
});

describe('who can help a saga that waits for a lock', () => {
  it('is the one that holds it', async () => {
    await begin(truck);
    scene.tell('shop.order.placed', 'O2', { orderId: 'O2', invoice: 'I2', slot: 'S1' }, 'O2');
    await scene.run(1_000);
    const waiting = [...scene.tables.instances.values()].find(({ businessKey }) => businessKey === 'O2')!;

    const why = await new ExplainWaiting(scene.operators, definitions).explain(waiting.id);

    expect(why.sagas.map(({ businessKey, waits }) => [businessKey, waits.map(({ help }) => help)])).toEqual([
      ['O2', [[{ text: 'truck O1, which holds it', saga: sagaOf('truck'), isSure: true }]]],
      ['O1', [[{ text: 'whoever publishes shop.invoice.paid: no definition does' }]]],
    ]);
  });
});

describe('why a saga does not go on', () => {
  it('is told up to those that wait for each other', async () => {
    await begin(delivery, payment('${ input.invoice }'));

    const why = await explain('delivery');

    expect(why.sagas.map(({ definition, isBusy }) => [definition, isBusy])).toEqual([
      ['delivery', false],
      ['payment', false],
    ]);
    expect(why.circles.map(({ text, endsAt }) => [text, endsAt])).toEqual([
      [
        'delivery O1 waits for the event shop.invoice.paid of I1, which payment O1 would publish; ' +
          'payment O1 waits for the event shop.goods.sent of O1, which delivery O1 would publish',
        scene.clock.now() - 1_000 + 86_400_000,
      ],
    ]);
    expect(why.isCut).toBe(false);
  });

  it('ends at one that nobody known can help', async () => {
    await begin(delivery);

    expect(await explain('delivery')).toMatchObject({
      sagas: [{ definition: 'delivery', waits: [{ block: 'paid' }] }],
      circles: [],
    });
  });

  it('is refused for a saga that is not there', async () => {
    await begin(delivery);
    const why = new ExplainWaiting(scene.operators, definitions);

    await expect(why.explain('0193b5a0-1111-7222-8333-444444444444')).rejects.toMatchObject({
      code: 'UNKNOWN_SAGA',
    });
  });
});

async function begin(...texts: readonly string[]): Promise<void> {
  definitions = fixedDefinitions(scene.clock, compiledPrograms(contract, ...texts));
  await definitions.start();
  await scene.startCoordinator({ definitions });
  scene.tell('shop.order.placed', 'O1', { orderId: 'O1', invoice: 'I1', slot: 'S1' }, 'O1');
  await scene.run(1_000);
}

async function waitsFor(definition: string) {
  const view = await new GetSaga(scene.operators, definitions, scene.clock).get(sagaOf(definition));
  return view.waitsFor;
}

function explain(definition: string) {
  return new ExplainWaiting(scene.operators, definitions).explain(sagaOf(definition));
}

function sagaOf(definition: string): SagaId {
  return [...scene.tables.instances.values()].find((row) => row.definition === definition)!.id;
}
