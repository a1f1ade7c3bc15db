import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { SagaPage } from '../harness/coordinator-api.js';
import { SystemClock } from '#libs/messaging';
import { eventually } from '../harness/deadline.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';
import { skaldCommand } from '../harness/skald-command.js';

/** Neither goes on without what only the other one says. */
const pair = `saga: delivery
version: 1
key: input.orderId
triggers: [{ event: shop.order.placed }]
steps:
  - wait: paid
    event: shop.invoice.paid
    match: data.amount > 0
    default: { after: 1h, events: 2, do: [{ set: unpaid, value: true }] }
  - emit: sent
    event: shop.goods.sent
    with: { orderId: '\${ input.orderId }' }
---
saga: payment
version: 1
key: input.orderId
triggers: [{ event: shop.order.placed }]
steps:
  - wait: sent
    event: shop.goods.sent
  - emit: paid
    event: shop.invoice.paid
    with: { orderId: '\${ input.orderId }', amount: 5 }
---
participant: shop
events:
  shop.order.placed: { key: data.orderId }
  shop.invoice.paid: { key: data.orderId }
  shop.goods.sent: { key: data.orderId }
`;

/** An agent that may be switched off; people, here nobody, take over. */
const triage = `saga: triage
version: 1
key: input.claimId
toggles: { agent: { default: true } }
triggers: [{ event: claims.claim.received }]
steps:
  - step: sort
    call: agent.sort
    toggle: agent
    timeout: 1h
    catch:
      switched-off: { output: { team: people } }
  - step: route
    call: claims.route
    with: { claimId: '\${ input.claimId }', team: '\${ steps.sort.output.team }' }
    pivot: true
---
participant: agent
commands: { sort: { effect: none } }
---
participant: claims
commands: { route: {} }
events: { claims.claim.received: {} }
`;

const promise = `saga: promise
version: 1
key: input.orderId
triggers: [{ event: orders.order.asked }]
steps:
  - choice: path
    requires: { stock: { fact: wms.stock, key: input.sku, fresh: 15m, wait: 1s } }
    cases:
      - case: in-stock
        if: facts.stock.value.count >= 2
        do: [{ set: promised, value: '\${ facts.stock.value.count }' }]
    else: [{ end: out-of-stock }]
    catch:
      stale: { do: [{ end: not-known-yet }] }
---
participant: wms
events: { wms.stock.counted: { key: data.warehouse } }
facts:
  wms.stock: { from: wms.stock.counted, key: data.sku, asOf: data.at, source: /bench }
---
participant: orders
events: { orders.order.asked: {} }
`;

/** How much is in the depot is asked there, when nobody has said so within 15, or within 5 minutes. */
const pledges = ['15m', '5m'].map(
  (fresh) => `saga: pledge-${fresh}
version: 1
key: input.orderId
triggers: [{ event: pledges.pledge.asked, gates: { meant: "data.fresh == '${fresh}'" } }]
requires: { stock: { fact: depot.stock, key: input.sku, fresh: ${fresh}, wait: 5m } }
catch:
  stale: { do: [{ end: not-known-yet }] }
steps:
  - set: pledged
    value: '\${ facts.stock.value }'
`,
);
const depot = `saga: count-stock
version: 1
key: input.key
input: { type: object, required: [key], properties: { key: { type: string } } }
steps:
  - step: count
    call: depot.count
    with: { sku: '\${ input.key }' }
    timeout: 2s
known: { value: '\${ steps.count.output.units }', asOf: steps.count.output.at }
---
participant: depot
commands: { count: { effect: none } }
events: { depot.stock.changed: { key: data.sku } }
facts:
  depot.stock: { from: depot.stock.changed, key: data.sku, value: '\${ data.units }', readBy: count-stock }
---
participant: pledges
events: { pledges.pledge.asked: {} }
`;

const order = `saga: order
version: 1
key: input.orderId
triggers: [{ event: sales.order.placed }]
steps:
  - saga: bill
    definition: billing
    with: { orderId: '\${ input.orderId }' }
  - step: ship
    call: shipping.send
    pivot: true
---
saga: billing
version: 1
key: input.orderId
input: { type: object, required: [orderId], properties: { orderId: { type: string } } }
steps:
  - step: charge
    call: cards.charge
    compensate: cards.refund
  - step: note
    call: books.note
    compensate: { call: books.strike, timeout: 2s }
---
participant: sales
events: { sales.order.placed: {} }
---
participant: shipping
commands: { send: { rejects: [no-carrier] } }
---
participant: cards
commands: { charge: { undoneBy: cards.refund }, refund: {} }
---
participant: books
commands: { note: { undoneBy: books.strike }, strike: {} }
`;

interface ShownFact {
  readonly known?: { readonly value: unknown; readonly source?: string };
  readonly hearsay?: { readonly count: number; readonly last: readonly { readonly source: string }[] };
}

jest.setTimeout(90_000);

const clock = new SystemClock();
let bench: SagaBench;

beforeAll(async () => {
  const documents = [pair, triage, promise, ...pledges, depot, order].join('---\n');
  bench = await startSagaBench({ name: 'waiting', documents, coordinators: 2 });
}, 120_000);

afterAll(async () => {
  await bench?.discard();
});

describe('two sagas that wait for each other', () => {
  it('are named, and go on by the safe way after two events', async () => {
    await bench.publish('shop.order.placed', { orderId: 'c-1' });
    const isTold = (page: SagaPage) => page.timeline.some(({ text }) => text.startsWith('waits in a circle'));
    const [delivery, payment] = await Promise.all(
      ['delivery', 'payment'].map((definition) =>
        bench.until('knows of the circle', 'c-1', isTold, { definition, withinMs: 60_000 }),
      ),
    );

    expect(delivery!.waitsFor).toMatchObject([
      {
        text: 'the event shop.invoice.paid of c-1 for paid',
        help: ['payment c-1 would publish it at paid'],
      },
    ]);
    const why = await bench.api.get<{ circles: readonly { text: string; sagas: readonly string[] }[] }>(
      `/sagas/${payment!.id}/why`,
    );
    expect(why.body.circles).toMatchObject([
      { text: expect.stringContaining('which delivery c-1 would publish') },
    ]);
    expect(new Set(why.body.circles[0]!.sagas)).toEqual(new Set([delivery!.id, payment!.id]));

    await bench.publish('shop.invoice.paid', { orderId: 'c-1', amount: 0 });
    await bench.publish('shop.invoice.paid', { orderId: 'c-1', amount: 0 });
    const ended = await bench.ended('c-1', { definition: 'delivery' });
    expect(ended.steps).toMatchObject({ paid: { outcome: 'defaulted' }, unpaid: { output: true } });
    expect((await bench.ended('c-1', { definition: 'payment' })).status).toBe('completed');
  });
});

describe('a toggle that is switched off', () => {
  it('stops what runs and keeps what starts from it, whoever dies meanwhile', async () => {
    bench.participants.behave('agent.sort', { silent: 'not-done' });
    await bench.publish('claims.claim.received', { claimId: 't-1' });
    await bench.participants.arrived('agent.sort', 't-1');

    expect((await bench.toggle('triage', 'agent', false)).status).toBe(200);
    await bench.kill(0);
    const stopped = await bench.ended('t-1', { withinMs: 60_000 });
    expect(stopped).toMatchObject({ status: 'completed', steps: { sort: { output: { team: 'people' } } } });

    await eventually('the one that is left to know of it', async () => {
      const { body } = await bench.api.get<{ readonly toggles: readonly { readonly on: boolean }[] }>(
        '/toggles',
      );
      return body.toggles.every(({ on }) => !on);
    });
    await bench.publish('claims.claim.received', { claimId: 't-2' });
    expect((await bench.ended('t-2')).status).toBe('completed');
    expect(bench.participants.done('t-2')).toEqual(['claims.route']);
    await bench.restart(0);
  });
});

describe('a fact that a decision needs', () => {
  const ask = async (orderId: string) => {
    await bench.publish('orders.order.asked', { orderId, sku: `sku-${orderId}` });
    return bench.ended(orderId);
  };
  const say = (orderId: string, at: number, units: number, source?: string) => {
    const stock = { warehouse: 'w', sku: `sku-${orderId}`, count: units, at: new Date(at).toISOString() };
    return bench.publish('wms.stock.counted', stock, source === undefined ? {} : { source });
  };
  const count = async (orderId: string, at: number) => {
    await say(orderId, at, 3);
    await bench.factKnown('wms.stock', `sku-${orderId}`);
  };
  /** Waits until so many events of others than the source have been recorded, and shows the fact. */
  const contradicted = (orderId: string, times: number) =>
    eventually(`${times} contradictions about ${orderId} to be recorded`, async () => {
      const path = `/facts?fact=wms.stock&key=sku-${orderId}`;
      const { body } = await bench.api.get<{ readonly facts: readonly ShownFact[] }>(path);
      return body.facts[0]?.hearsay?.count === times && body.facts[0];
    });
  const resultOf = ({ timeline }: SagaPage) => timeline.at(-1)?.text;

  it('decides as long as it is fresh', async () => {
    await count('f-1', clock.now());

    expect((await ask('f-1')).steps['promised']).toMatchObject({ output: 3 });
  });

  it.each<[string, string, number | undefined]>([
    ['of yesterday', 'f-2', 24 * 3_600_000],
    ['nobody has told', 'f-3', undefined],
  ])('and is %s is not known yet', async (_, key, age) => {
    if (age !== undefined) await count(key, clock.now() - age);

    expect(resultOf(await ask(key))).toContain('not-known-yet');
  });

  it('is what its declared source says, whatever others say before and after', async () => {
    await say('f-4', clock.now(), 0, '/spreadsheet');
    await contradicted('f-4', 1);
    expect(resultOf(await ask('f-4'))).toContain('not-known-yet');

    await count('f-5', clock.now() - 60_000);
    await say('f-5', clock.now(), 0, '/spreadsheet');
    expect(await contradicted('f-5', 1)).toMatchObject({
      known: { value: { count: 3 }, source: '/bench' },
      hearsay: { last: [{ value: { count: 0 }, source: '/spreadsheet' }] },
    });
    expect((await ask('f-5')).steps['promised']).toMatchObject({ output: 3 });
    const { out } = await skaldCommand(bench.api.url, { by: 'ada' }, 'facts', 'wms.stock', 'sku-f-5');
    expect(out).toMatch(/\/bench +counts\n.* \/spreadsheet +does not count$/);
  });
});

describe('a fact that is read where nobody knows it', () => {
  const count = 'depot.count';
  const counts = (units: number, ageMs = 0) => ({
    succeeded: { units, at: new Date(clock.now() - ageMs).toISOString() },
  });
  const ask = (orderId: string, sku: string, fresh = '15m') =>
    bench.publish('pledges.pledge.asked', { orderId, sku, fresh });
  const pledged = async (orderId: string) => {
    const page = await bench.ended(orderId, { withinMs: 60_000 });
    return page.steps['pledged']?.output ?? page.timeline.at(-1)?.text;
  };
  /** The operations by which the depot was asked; a repeat is none of its own. */
  const asked = (sku: string) => {
    const counted = bench.participants.deliveries.filter(({ command: { type, data } }) => {
      return type === count && (data as { readonly sku: string }).sku === sku;
    });
    return [...new Set(counted.map(({ command }) => command.operation))];
  };

  it('is read once for all who ask as long as it is fresh, and again for who wants it newer', async () => {
    bench.participants.behave(count, counts(7, 10 * 60_000));
    const orders = Array.from({ length: 10 }, (_, index) => `r-1-${index}`);
    for (const orderId of orders) await ask(orderId, 'r-1');

    expect(await Promise.all(orders.map(pledged))).toEqual(orders.map(() => 7));
    expect(asked('r-1')).toHaveLength(1);

    bench.participants.behave(count, counts(6));
    await ask('r-1-newer', 'r-1', '5m');
    expect(await pledged('r-1-newer')).toBe(6);
    expect(asked('r-1')).toHaveLength(2);
  });

  it('is read by the same operation when a coordinator dies meanwhile', async () => {
    bench.participants.behave(count, counts(5));
    const keys = Array.from({ length: 4 }, (_, index) => `r-2-${index}`);
    bench.participants.behave(
      count,
      keys.map(() => ({ silent: 'not-done' }) as const),
    );
    for (const key of keys) await ask(key, key);
    await eventually('the depot to be asked', () => keys.every((key) => asked(key).length > 0));
    await bench.kill(0);

    expect(await Promise.all(keys.map(pledged))).toEqual(keys.map(() => 5));
    expect(keys.map((key) => asked(key).length)).toEqual(keys.map(() => 1));
    await bench.restart(0);
  });

  it('stays unknown when its source is down', async () => {
    bench.participants.behave(count, { failed: 'down', retryAfterMs: 'never' });
    await ask('r-3', 'r-3');

    expect(await pledged('r-3')).toContain('not-known-yet');
  });
});

describe('a saga that runs another one', () => {
  it('goes on when that has ended', async () => {
    await bench.publish('sales.order.placed', { orderId: 'o-1' });

    expect((await bench.ended('o-1', { definition: 'order' })).status).toBe('completed');
    expect(bench.participants.done('o-1')).toEqual(['cards.charge', 'books.note', 'shipping.send']);
  });

  it('has it undone in the right order, whoever dies meanwhile', async () => {
    bench.participants.behave('shipping.send', { rejected: 'no-carrier' }, { key: 'o-2' });
    bench.participants.behave('books.strike', [{ silent: 'not-done' }], { key: 'o-2' });
    await bench.publish('sales.order.placed', { orderId: 'o-2' });
    await bench.participants.arrived('books.strike', 'o-2');
    await bench.kill(1);

    const ended = await bench.ended('o-2', { definition: 'order', withinMs: 60_000 });
    expect(ended.status).toBe('compensated');
    expect((await bench.ended('o-2', { definition: 'billing' })).status).toBe('compensated');
    expect(bench.participants.done('o-2')).toEqual([
      'cards.charge',
      'books.note',
      'books.strike',
      'cards.refund',
    ]);
    await bench.restart(1);
  });
});
