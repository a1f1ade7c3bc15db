import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SagaId } from '#libs/messaging';
import { compiledPrograms, fixedDefinitions, Scene } from '../coordinator.fixture.js';
import { timelineOf } from '../use-cases/timeline.js';

const contract = `
participant: shop
events:
  shop.goods.sent: { key: data.orderId }
  shop.invoice.paid: { key: data.orderId }
`;
const delivery = (more = '') => `
saga: delivery
version: 1
key: input.orderId
triggers: [{ event: shop.order.placed }]
steps:
  - wait: paid
    event: shop.invoice.paid
    key: input.orderId${more}
  - emit: sent
    event: shop.goods.sent
    with: { orderId: '\${ input.orderId }' }
`;
const payment = `
saga: payment
version: 1
key: input.orderId
triggers: [{ event: shop.order.placed }]
steps:
  - wait: sent
    event: shop.goods.sent
    key: input.orderId
  - emit: paid
    event: shop.invoice.paid
    with: { orderId: '\${ input.orderId }' }
`;

let scene: Scene;

beforeEach(() => {
  scene = new Scene();
});

afterEach(() => scene.end());

describe('two sagas that wait for each other', () => {
  it('are told so, by name, and a person with them', async () => {
    await begin(delivery());
    await scene.run(60_000);

    const [text] = notesOf(sagaOf('delivery'));
    expect(text).toMatch(
      /^waits in a circle: .*delivery O1 waits for the event shop.invoice.paid of O1, which payment O1 would publish/,
    );
    expect(notesOf(sagaOf('payment'))).toEqual([text]);
    expect(scene.incidents).toEqual(['WAITS_IN_CIRCLE', 'WAITS_IN_CIRCLE']);
    expect(scene.tables.instances.get(sagaOf('payment'))).toMatchObject({ incident: true });
  });

  it('are told once, whoever coordinates them', async () => {
    await begin(delivery());
    await scene.run(60_000);
    await scene.end();
    await start(delivery());
    await scene.run(120_000);

    expect(notesOf(sagaOf('delivery'))).toHaveLength(1);
  });

  it('need nobody any more when somebody else helps', async () => {
    await begin(delivery());
    await scene.run(60_000);
    scene.tell('shop.invoice.paid', 'any', { orderId: 'O1' }, 'from elsewhere');
    await scene.run(1_000);

    expect(scene.incidents).toEqual([]);
    expect([...scene.tables.instances.values()].map(({ status, incident }) => [status, incident])).toEqual([
      ['completed', false],
      ['completed', false],
    ]);
  });

  it('need nobody when one is stopped', async () => {
    await begin(delivery());
    await scene.run(60_000);
    scene.act(sagaOf('payment'), 'cancel');
    await scene.run(1_000);

    expect(
      [...scene.tables.incidents.values()].filter(({ closedAt }) => closedAt === undefined),
    ).toMatchObject([{ saga: sagaOf('delivery') }]);
  });

  it('need nobody when one of them goes on by itself', async () => {
    await begin(delivery('\n    default: { after: 5m, do: [] }'));
    await scene.run(60_000);

    expect(notesOf(sagaOf('payment'))).toEqual([
      expect.stringMatching(/; one of them goes on by itself at 2026-01-01T00:05:00\.\d+Z$/),
    ]);
    expect(scene.incidents).toEqual([]);
    await scene.run(5 * 60_000);
    expect(scene.state(sagaOf('delivery')).steps['paid']).toMatchObject({ outcome: 'defaulted' });
    expect(scene.status(sagaOf('payment'))).toBe('completed');
  });
});

describe('sagas that may help each other still', () => {
  it('are not bothered', async () => {
    await begin(delivery());
    scene.tell('shop.order.placed', 'O2', { orderId: 'O2' }, 'O2');
    scene.tell('shop.goods.sent', 'O1', { orderId: 'O1' }, 'from elsewhere');
    await scene.run(1_000);

    expect(scene.status(sagaOf('payment'))).toBe('completed');
    expect(notesOf(sagaOf('payment'))).toEqual([]);
  });
});

async function start(text: string): Promise<void> {
  const definitions = fixedDefinitions(scene.clock, compiledPrograms(contract, text, payment));
  await definitions.start();
  await scene.startCoordinator({ definitions });
}

async function begin(text: string): Promise<void> {
  await start(text);
  scene.tell('shop.order.placed', 'O1', { orderId: 'O1' }, 'O1');
  await scene.run(1_000);
}

function sagaOf(definition: string): SagaId {
  return [...scene.tables.instances.values()].find((row) => row.definition === definition)!.id;
}

function notesOf(saga: SagaId): readonly string[] {
  return timelineOf(scene.history(saga)).flatMap(({ kind, text }) => (kind === 'noted' ? [text] : []));
}
