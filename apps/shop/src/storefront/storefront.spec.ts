import { describe, expect, it } from '@jest/globals';
import { header, SystemClock, type OutgoingRecord, type PublishOutcome } from '#libs/messaging';
import { ScriptedSink } from '#libs/testing';
import { orderOf } from './order.js';
import { storefrontPlan } from './storefront-plan.js';
import { placeOrders } from './storefront.js';

const clock = new SystemClock();
const never = new AbortController().signal;

describe('the storefront', () => {
  it('publishes the same orders under the same ids each time', async () => {
    const sink = new ScriptedSink();

    expect(await placeOrders(sink, clock, { mix: 'demo', first: 5, count: 3, perSecond: 0 }, never)).toBe(3);

    expect(sink.sent.map((record) => record.value)).toEqual(
      [5, 6, 7].map((n) => JSON.stringify(orderOf('demo', n))),
    );
    expect(sink.sent[0]).toMatchObject({
      topic: 'shop.events',
      key: 'demo-0000005',
      headers: { [header.id]: 'demo-0000005', [header.type]: 'shop.order.placed' },
    });
  });

  it('sends again what was not acknowledged, and only that', async () => {
    const sink = new ScriptedSink();
    const tries: string[] = [];
    sink.fate = (record: OutgoingRecord): PublishOutcome => {
      tries.push(record.key);
      return tries.length === 2 ? { kind: 'unsent', reason: 'no leader' } : { kind: 'acknowledged' };
    };

    await placeOrders(sink, clock, { mix: 'plain', first: 1, count: 3, perSecond: 0 }, never);

    expect(tries.map((key) => Number(key.slice(-1)))).toEqual([1, 2, 3, 2]);
  });

  it('keeps to its rate', async () => {
    const sink = new ScriptedSink();
    const startedAt = clock.elapsed();

    await placeOrders(sink, clock, { mix: 'plain', first: 1, count: 11, perSecond: 100 }, never);

    expect(clock.elapsed() - startedAt).toBeGreaterThan(90);
  });

  it('stops when it is asked to', async () => {
    const stopped = new AbortController();
    const plan = { mix: 'plain', first: 1, count: 1_000_000, perSecond: 1 } as const;
    const placed = (): void => stopped.abort();

    expect(await placeOrders(new ScriptedSink(), clock, plan, stopped.signal, { placed })).toBe(1);
  });
});

describe('the plan of a storefront', () => {
  it('prefers options to variables', () => {
    expect(storefrontPlan(['--mix=bench', '--count=7'], { SHOP_COUNT: '9', SHOP_RATE: '0' })).toEqual({
      mix: 'bench',
      first: 1,
      count: 7,
      perSecond: 0,
    });
  });

  it('says what is possible', () => {
    expect(() => storefrontPlan(['--mix=wild'], {})).toThrow('plain, bench, demo, rough');
    expect(() => storefrontPlan(['--rate=fast'], {})).toThrow('--rate is "fast"');
  });
});
