import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { SystemClock } from '#libs/messaging';
import { eventually } from '../harness/deadline.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';

/** Prices by a provider, picking that a scan confirms, and promises by a count of the stock. */
const documents = `saga: quote
version: 1
key: input.quoteId
triggers: [{ event: shop.quote.wanted }]
steps:
  - step: price
    call: rates.quote
    fresh: 1h
    retry: { attempts: 2, delay: 100ms }
---
saga: hold-place
version: 1
key: input.placeId
triggers: [{ event: shop.place.wanted }]
steps:
  - step: hold
    call: places.hold
    timeout: { policy: watchful }
    retry: { attempts: 3, delay: 100ms }
    compensate: places.free
---
saga: pick-order
version: 1
key: input.orderId
triggers: [{ event: shop.order.released }]
steps:
  - step: instructPick
    call: wms.instruct-pick
    timeout: 2s
    retry: { attempts: 2, delay: 200ms }
    confirm: { event: wms.pallet-scanned, key: input.palletId, match: data.orderId == input.orderId, within: 2s }
    compensate: wms.withdraw-pick
  - step: loadTruck
    call: yard.load
    pivot: true
---
saga: promise
version: 1
key: input.orderId
triggers: [{ event: shop.promise.wanted }]
steps:
  - choice: delivery
    requires: { stock: { fact: wms.stock, key: input.sku, fresh: 15m } }
    cases:
      - case: in-stock
        if: facts.stock.value.count >= input.quantity
        do: [{ end: tomorrow }]
    else: [{ end: not-in-stock }]
    catch: { stale: { do: [{ end: unknown-yet }] } }
---
saga: fast-promise
version: 1
key: input.orderId
triggers: [{ event: shop.promise.wanted }]
steps:
  - choice: delivery
    requires: { stock: { fact: wms.nightly-stock, key: input.sku, fresh: 15m } }
    cases:
      - case: in-stock
        if: facts.stock.value.count >= input.quantity
        do: [{ end: tomorrow }]
    else: [{ end: not-in-stock }]
    catch: { stale: { do: [{ end: unknown-yet }] } }
---
saga: refill
version: 1
key: input.sku
triggers:
  - event: shop.article.sold
    requires: { stock: { fact: wms.stock, key: data.sku, fresh: 15m, wait: 1s } }
    gates: { running-out: facts.stock.value.count < 3 }
    with: { sku: '\${ data.sku }', left: '\${ facts.stock.value.count }' }
steps: []
---
namespace: doubt
policies:
  timeout:
    watchful:
      - { if: before.step.outcome == 'silent', after: 2s, because: it kept silent before }
      - { after: 3s, because: places answer at once }
---
participant: shop
events: { shop.article.sold: {}, shop.quote.wanted: {}, shop.order.released: {}, shop.promise.wanted: {}, shop.place.wanted: {} }
---
participant: places
commands: { hold: { rejects: [full], undoneBy: places.free }, free: {} }
---
participant: rates
commands:
  quote: { effect: none, asOf: data.at }
---
participant: wms
commands:
  instruct-pick: { undoneBy: wms.withdraw-pick, verify: wms.pick-status }
  withdraw-pick: {}
  pick-status: { effect: none, rejects: [not-found] }
events:
  wms.pallet-scanned: { key: data.palletId }
  wms.counted: { key: data.sku }
facts:
  wms.stock: { from: wms.counted, key: data.sku, asOf: data.at, lag: 1m }
  wms.nightly-stock: { from: wms.counted, key: data.sku, asOf: data.at, lag: 24h }
---
participant: yard
commands: { load: {} }
`;

const minute = 60_000;

jest.setTimeout(60_000);

let bench: SagaBench;

beforeAll(async () => {
  bench = await startSagaBench({ name: 'doubt', documents });
}, 120_000);

afterAll(async () => {
  await bench?.discard();
});

/** Publishes a count of the stock, and waits until it is known. */
async function count(sku: string, pieces: number, at: string): Promise<void> {
  await bench.publish('wms.counted', { sku, count: pieces, at });
  for (const fact of ['wms.stock', 'wms.nightly-stock']) await bench.factKnown(fact, sku);
}

function ago(ms: number): string {
  return new Date(new SystemClock().now() - ms).toISOString();
}

describe('a provider that answers with what was true yesterday', () => {
  it('is asked again, and then nobody knows', async () => {
    bench.participants.behave(
      'rates.quote',
      { succeeded: { price: 7, at: ago(1440 * minute) } },
      { key: 'q-1' },
    );
    await bench.publish('shop.quote.wanted', { quoteId: 'q-1' });

    const page = await bench.stuck('q-1');
    expect(page.status).toBe('running');
    expect(page.incidents).toMatchObject([{ block: 'price', code: 'UNKNOWN' }]);
    expect(page.timeline.filter(({ text }) => text.includes('too old'))).toHaveLength(2);
  });

  it('is believed as soon as it answers with what is true now', async () => {
    bench.participants.behave(
      'rates.quote',
      (delivery) => ({
        succeeded: { at: ago(delivery.command.attempt === 1 ? 1440 * minute : minute) },
      }),
      { key: 'q-2' },
    );
    await bench.publish('shop.quote.wanted', { quoteId: 'q-2' });

    expect((await bench.ended('q-2')).status).toBe('completed');
  });
});

describe('a place that cannot be held', () => {
  const busy = { failed: 'busy' };
  const held = { succeeded: {} };
  const attemptsOf = (key: string): readonly number[] =>
    bench.participants.deliveries
      .filter((each) => each.key === key && each.command.type === 'places.hold')
      .map(({ command }) => command.attempt);

  it.each([
    ['for now', [busy, busy, held], { attempts: [1, 2, 3], status: 'completed' }],
    [
      'ever',
      [{ failed: 'no-such-place', retryAfterMs: 'never' }, held],
      { attempts: [1], status: 'compensated', failure: { error: 'failed', message: 'no-such-place' } },
    ],
    ['as the business says', [{ rejected: 'full' }, held], { attempts: [1], failure: { error: 'full' } }],
  ] as const)('%s is asked for no more than that is worth', async (key, behaviours, expected) => {
    const { attempts, ...end } = expected;
    bench.participants.behave('places.hold', behaviours, { key });
    await bench.publish('shop.place.wanted', { placeId: key });

    expect(await bench.ended(key)).toMatchObject(end);
    expect(attemptsOf(key)).toEqual(attempts);
  });

  it('or perhaps is, as nobody says, is asked for by the same message', async () => {
    bench.participants.behave('places.hold', { silent: 'not-done' }, { key: 'nobody-says' });
    await bench.publish('shop.place.wanted', { placeId: 'nobody-says' });

    const page = await bench.stuck('nobody-says');
    expect(page.incidents).toMatchObject([{ block: 'hold', code: 'UNKNOWN' }]);
    expect(attemptsOf('nobody-says')).toEqual([1, 1, 1]);
    expect(page.timeline.flatMap(({ text }) => (text.startsWith('waits') ? [text] : []))).toEqual([
      'waits 3.0 s at most for places.hold, 10 m once it is accepted: places answer at once (policy watchful)',
      'waits 2.0 s at most for places.hold, 10 m once it is accepted: it kept silent before (policy watchful)',
    ]);
  });
});

describe('a warehouse that answers and does nothing', () => {
  it('is asked after the scan stays out, and an incident opens', async () => {
    await bench.publish('shop.order.released', { orderId: 'o-1', palletId: 'p-1' });

    const page = await bench.stuck('o-1');
    expect(page.incidents).toMatchObject([{ block: 'instructPick', code: 'UNKNOWN' }]);
    const timeline = page.timeline.map(({ text }) => text);
    expect(timeline).toContain(
      'wms.instruct-pick says that it is done, which wms.pallet-scanned has to confirm',
    );
    expect(timeline).toContain('asked wms.pick-status whether instructPick was done');
    expect(bench.participants.done('o-1')).not.toContain('yard.load');

    // A person has told the driver, and gives the scan its time again.
    await bench.api.act(page.id, { action: 'retry', by: 'ada', reason: 'told the driver' });
    await bench.participants.arrived('wms.instruct-pick', 'o-1', 2);
    await bench.publish('wms.pallet-scanned', { palletId: 'p-1', orderId: 'o-1' });
    expect((await bench.ended('o-1')).status).toBe('completed');
    expect(bench.participants.done('o-1')).toEqual(['wms.instruct-pick', 'yard.load']);
  });

  it('is believed when the pallet is scanned in time', async () => {
    await bench.publish('shop.order.released', { orderId: 'o-2', palletId: 'p-2' });
    await bench.participants.arrived('wms.instruct-pick', 'o-2');
    await bench.publish('wms.pallet-scanned', { palletId: 'p-2', orderId: 'another' });
    await bench.publish('wms.pallet-scanned', { palletId: 'p-2', orderId: 'o-2' });

    expect((await bench.ended('o-2')).status).toBe('completed');
    expect(bench.participants.done('o-2')).toEqual(['wms.instruct-pick', 'yard.load']);
  });

  it('ends its incident when the scan comes late', async () => {
    bench.participants.behave('wms.pick-status', { silent: 'not-done' }, { key: 'o-3' });
    await bench.publish('shop.order.released', { orderId: 'o-3', palletId: 'p-3' });
    await bench.stuck('o-3');
    await bench.publish('wms.pallet-scanned', { palletId: 'p-3', orderId: 'o-3' });

    expect(await bench.ended('o-3')).toMatchObject({ status: 'completed', incident: false });
  });
});

describe('a promise by a count of the stock', () => {
  /** The name given by `end`, as the last line of the timeline tells it. */
  const result = async (key: string, definition = 'promise') => {
    const { timeline } = await bench.ended(key, { definition });
    return timeline.findLast(({ kind }) => kind === 'finished')?.text;
  };

  it('is made by a fresh count', async () => {
    await count('A', 5, ago(5 * minute));
    await bench.publish('shop.promise.wanted', { orderId: 's-1', sku: 'A', quantity: 2 });

    expect(await result('s-1')).toContain('with result tomorrow');
    const page = await bench.page('s-1', 'promise');
    expect(page!.timeline.map(({ text }) => text).join('\n')).toContain('which may lag up to 1 m');
  });

  it('takes the safe path where the source lags a day behind', async () => {
    await count('B', 5, ago(0));
    await bench.publish('shop.promise.wanted', { orderId: 's-2', sku: 'B', quantity: 2 });

    expect(await result('s-2', 'fast-promise')).toContain('with result unknown-yet');
  });

  it('takes the safe path where the count is old, or there is none', async () => {
    await count('C', 5, ago(15 * minute));
    await bench.publish('shop.promise.wanted', { orderId: 's-3', sku: 'C', quantity: 2 });
    await bench.publish('shop.promise.wanted', { orderId: 's-4', sku: 'D', quantity: 2 });

    expect(await result('s-3')).toContain('with result unknown-yet');
    expect(await result('s-4')).toContain('with result unknown-yet');
  });
});

describe('a trigger that requires a count of the stock', () => {
  it('starts sagas by what is known, and counts what it kept out', async () => {
    await count('few', 2, ago(0));
    await count('many', 9, ago(0));
    for (const sku of ['few', 'many', 'unknown']) await bench.publish('shop.article.sold', { sku });

    expect((await bench.ended('few')).input).toEqual({ sku: 'few', left: 2 });
    const gates = await eventually('all others to be kept out', async () => {
      const rows = await bench.query<{ gate: string }>(
        "select gate from saga_trigger_state where definition = 'refill' order by gate",
      );
      return rows.length === 2 && rows.map(({ gate }) => gate);
    });
    expect(gates).toEqual(['running-out', 'stale']);
  });
});
