import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { orderOf, type Order } from '../../apps/shop/src/storefront/order.js';
import type { HttpAnswer, Problem, SagaPage, Started } from '../harness/coordinator-api.js';
import { eventually } from '../harness/deadline.js';
import { startFleet, type Fleet } from '../harness/fleet.js';
import { definitionFilesOf } from '../harness/shop-definitions.js';
import { problemRequests } from './problem-requests.js';

const definition = 'order-fulfilment';

/** Asks a person as soon as the inventory is silent, and carries the article on behind the pivot. */
const parcel = `saga: parcel
version: 1
key: input.orderId
input: schemas/order.json
steps:
  - step: reserveStock
    call: inventory.reserve
    compensate: inventory.release
    timeout: 1s
    ifUnknown: incident
  - step: arrangeShipping
    call: shipping.arrange
    pivot: true
`;

jest.setTimeout(60_000);

let fleet: Fleet;

beforeAll(async () => {
  fleet = await startFleet({ name: 'operating', silenceMs: 10_000 });
  const files = [...definitionFilesOf(fleet.definitions), { path: 'parcel.saga.yaml', text: parcel }];
  const published = await fleet.api.post('/definitions', { files });
  expect(published).toMatchObject({ status: 200 });
}, 120_000);

afterAll(async () => {
  await fleet?.discard();
});

describe('a saga started by the API', () => {
  const order = orderOf('plain', 1_001);
  let first: HttpAnswer<Started>;

  beforeAll(async () => {
    first = await fleet.api.start(definition, order, 'key-1');
  });

  it('is created once its start is folded', async () => {
    expect(first).toMatchObject({ status: 201, body: { definition, outcome: 'created' } });
    expect(first.location).toBe(`/sagas/${first.body.id}`);
    expect((await fleet.api.saga(first.body.id)).businessKey).toBe(order.orderId);
  });

  it('is the same for a repeated request', async () => {
    const repeated = await Promise.all([1, 2, 3].map(() => fleet.api.start(definition, order, 'key-1')));

    const same = { status: 200, body: { id: first.body.id, outcome: 'duplicate' } };
    expect(repeated).toMatchObject([same, same, same]);
  });

  it('wins over another request for its business key', async () => {
    const other = await fleet.api.start(definition, order, 'key-2');

    expect(other).toMatchObject({ status: 200, body: { id: first.body.id, outcome: 'duplicate' } });
    expect(await fleet.api.list(`key=${order.orderId}`)).toHaveLength(1);
  });

  it('keeps its request key to itself', async () => {
    const reused = await fleet.api.start<Problem>(definition, orderOf('plain', 1_002), 'key-1');

    expect(reused).toMatchObject({ status: 422, body: { code: 'IDEMPOTENCY_KEY_REUSED' } });
  });

  it('is shown with everything that happened', async () => {
    const page = await ended(first.body.id);

    expect(page).toMatchObject({ status: 'completed', input: order, incident: false, waitsFor: [] });
    expect(Object.keys(page.steps)).toEqual(['reserveStock', 'chargeCard', 'arrangeShipping']);
    expect(page.steps['chargeCard']!.output).toEqual({
      chargeId: `charge-${order.orderId}`,
      amount: order.total,
    });
    const kinds = page.history.flatMap(({ entries }) => entries.map(({ input }) => input.kind));
    expect(kinds[0]).toBe('start');
    expect(kinds.filter((kind) => kind !== 'start')).toEqual(['answer', 'answer', 'answer']);
    expect(page.history.flatMap(({ entries }) => entries.map(({ cause }) => cause)).every(Boolean)).toBe(
      true,
    );
    expect(page.timeline.at(-1)!.text).toMatch(/completed|nothing to do/);
  });

  it('is found by status and by business key', async () => {
    const byKey = await fleet.api.list(`key=${order.orderId}&definition=${definition}`);
    const byStatus = await fleet.api.list('status=completed');
    const running = await fleet.api.list(`key=${order.orderId}&status=running`);

    expect(byKey.map((saga) => saga.id)).toEqual([first.body.id]);
    expect(byStatus.map((saga) => saga.id)).toContain(first.body.id);
    expect(running).toEqual([]);
  });
});

describe('a saga that an operator cancels', () => {
  it('undoes what it did, even what was silent, and ends cancelled', async () => {
    const payment = fleet.participants.get('payment')!;
    const order = orderOf('plain', 1_011);
    payment.freeze();
    const { body } = await fleet.api.start(definition, order, 'to-cancel');
    await settledStep(body.id, 'reserveStock');

    const answer = await fleet.api.act(body.id, {
      action: 'cancel',
      by: 'anna',
      reason: 'changed their mind',
    });
    payment.thaw();
    const page = await ended(body.id);

    expect(answer).toMatchObject({ status: 200, body: { outcome: 'done' } });
    expect(page.status).toBe('cancelled');
    expect(page.audits).toMatchObject([
      { action: 'start' },
      { action: 'cancel', by: 'anna', result: 'done', reason: 'changed their mind' },
    ]);
    expect(await differences(order)).toEqual([]);
  });

  it('is not cancelled twice', async () => {
    const [cancelled] = await fleet.api.list('status=cancelled');

    const answer = await fleet.api.act<Problem>(cancelled!.id, { action: 'cancel' });

    expect(answer).toMatchObject({
      status: 409,
      contentType: expect.stringContaining('application/problem+json'),
    });
  });
});

describe('a saga that waits for a person', () => {
  it('goes on when a silent step is tried again', async () => {
    const { id, order } = await stuckParcel(1_021);

    const answer = await fleet.api.act(id, { action: 'retry', block: 'reserveStock', by: 'ben' });
    fleet.participants.get('inventory')!.thaw();

    expect(answer).toMatchObject({ status: 200, body: { outcome: 'done' } });
    expect(await ended(id)).toMatchObject({ status: 'completed', incident: false });
    // What is in doubt is asked again under the same operation, so that both copies had one effect.
    expect(await movementsOf(order)).toBe('reserve 1');
    expect(await piecesOf(order)).toBe(true);
  });

  it('goes on without a step that is skipped', async () => {
    const { id, order } = await stuckParcel(1_022);

    const output = { reservationId: 'by-hand' };
    const answer = await fleet.api.act(id, {
      action: 'skip',
      block: 'reserveStock',
      output,
      by: 'ben',
      reason: 'counted by hand',
    });
    fleet.participants.get('inventory')!.thaw();
    const page = await ended(id);

    expect(answer).toMatchObject({ status: 200, body: { outcome: 'done' } });
    expect(page.status).toBe('completed');
    expect(page.steps['reserveStock']!.output).toEqual(output);
    expect(page.audits.at(-1)).toMatchObject({ action: 'skip', by: 'ben', reason: 'counted by hand' });
    // The frozen inventory reserves in the end; what was skipped counts as done, so that is as it should be.
    await eventually('the late reservation', () => piecesOf(order));
  });

  it('is listed with its incident until then', async () => {
    const { id } = await stuckParcel(1_023);

    const open = await fleet.api.incidents(id);
    const listed = await fleet.api.list('incident=true');
    const page = await fleet.api.saga(id);
    fleet.participants.get('inventory')!.thaw();
    await fleet.api.act(id, { action: 'retry' });
    await ended(id);

    expect(open).toMatchObject([{ saga: id, block: 'reserveStock' }]);
    expect(listed.map((saga) => saga.id)).toEqual([id]);
    expect(page.waitsFor[0]).toMatchObject({ kind: 'operator', block: 'reserveStock' });
    expect(await fleet.api.incidents(id)).toEqual([]);
  });
});

describe('requests that make no sense', () => {
  it.each(problemRequests)('answer %s with problem details', async (_, status, code, request) => {
    const answer = await request(fleet.api);

    expect(answer).toMatchObject({
      status,
      contentType: expect.stringContaining('application/problem+json'),
    });
    expect(answer.body).toMatchObject({ status, code, type: expect.stringMatching(/^urn:skald:problem:/) });
    expect(answer.body.detail.length).toBeGreaterThan(5);
  });

  it('answer a version published with another text with 409', async () => {
    const files = [
      ...definitionFilesOf(fleet.definitions),
      { path: 'parcel.saga.yaml', text: parcel.replace('1s', '2s') },
    ];

    const answer = await fleet.api.post<Problem>('/definitions', { files });

    expect(answer).toMatchObject({ status: 409, body: { code: 'DEFINITION_CONFLICT' } });
  });
});

function ended(id: string): Promise<SagaPage> {
  return eventually(`saga ${id} to end`, async () => {
    const page = await fleet.api.saga(id);
    return page.finishedAt !== undefined && page;
  });
}

function settledStep(id: string, block: string): Promise<SagaPage> {
  return eventually(`${block} of saga ${id} to settle`, async () => {
    const page = await fleet.api.saga(id);
    return page.steps[block] !== undefined && page;
  });
}

/** A parcel whose inventory is frozen, with its incident open. */
async function stuckParcel(number: number): Promise<{ readonly id: string; readonly order: Order }> {
  fleet.participants.get('inventory')!.freeze();
  const order = orderOf('plain', number);
  const { body } = await fleet.api.start('parcel', order, `parcel-${number}`);
  await eventually(
    `an incident of saga ${body.id}`,
    async () => (await fleet.api.incidents(body.id)).length > 0,
  );
  return { id: body.id, order };
}

async function differences(order: Order): Promise<readonly string[]> {
  return (await fleet.differences()).filter((line) => line.startsWith(order.orderId));
}

/** Whether exactly the pieces of the order were taken. */
async function piecesOf({ orderId, lines }: Order): Promise<boolean> {
  const { orders } = await fleet.books.ledgers();
  const taken = orders.get(orderId)?.pieces ?? {};
  return lines.every((line) => taken[line.article] === line.quantity);
}

/** How often each kind of movement was booked for the order, whatever the number of its lines. */
async function movementsOf({ orderId }: Order): Promise<string> {
  const rows = await fleet.query<{ text: string }>(
    `select kind || ' ' || count(distinct operation) as text from inventory.ledger
      where order_id = $1 group by kind order by kind`,
    [orderId],
  );
  return rows.map(({ text }) => text).join(', ');
}
