import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Behaviour, Delivery } from '../harness/behaviour.js';
import { eventually } from '../harness/deadline.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';

/** Three are asked at once; every answer is waited for, and silence undoes nothing. */
const quote = `saga: delivery-quote
version: 1
key: input.quoteId
timeout: 1h
defaults:
  step: { timeout: { after: 1500ms, accepted: 1m }, ifUnknown: verify, retry: { attempts: 20, delay: 500ms } }
triggers: [{ event: shop.quote.requested }]
steps:
  - parallel: threeAnswers
    branches:
      pricing: [{ step: holdPrice, call: pricing.hold, compensate: pricing.release }]
      stock: [{ step: reserveStock, call: inventory.reserve, compensate: inventory.release }]
      driver: [{ step: bookDriver, call: drivers.book, compensate: drivers.cancel }]
  - step: confirmQuote
    call: quotes.confirm
    pivot: true
---
participant: pricing
commands:
  hold: { rejects: [not-now], undoneBy: pricing.release, verify: pricing.held }
  release: {}
  held: { effect: none, rejects: [not-found] }
---
participant: inventory
commands:
  reserve: { rejects: [not-now], undoneBy: inventory.release, verify: inventory.reservation }
  release: {}
  reservation: { effect: none, rejects: [not-found] }
---
participant: drivers
commands:
  book: { rejects: [not-now], undoneBy: drivers.cancel, verify: drivers.booking }
  cancel: {}
  booking: { effect: none, rejects: [not-found] }
---
participant: quotes
commands: { confirm: {} }
`;

const done = { succeeded: { reference: 'r-1' } } as const;

/** What a participant does with the first delivery of its command; any other one succeeds. */
const ways = {
  agrees: done,
  refuses: { rejected: 'not-now' },
  'is silent but did it': { silent: 'done', ...done },
  'is silent and did nothing': { silent: 'not-done' },
  'has begun and ends later': { accepted: { afterMs: 3_000, then: done } },
  'answers late': { ...done, lateMs: 3_000 },
} as const satisfies Readonly<Record<string, Behaviour>>;

type Way = keyof typeof ways;

const names = Object.keys(ways) as readonly Way[];
const asked = ['pricing.hold', 'inventory.reserve', 'drivers.book'] as const;
const combinations = names.flatMap((price) =>
  names.flatMap((stock) => names.map((driver) => [price, stock, driver] as const)),
);

jest.setTimeout(120_000);

let bench: SagaBench;
let ended: ReadonlyMap<string, { readonly status: string; readonly incident: boolean }>;

beforeAll(async () => {
  bench = await startSagaBench({ name: 'three-answers', documents: quote, coordinators: 2 });
  for (const [position, command] of asked.entries())
    bench.participants.behave(command, (delivery) => behaviourOf(delivery, position));
  await Promise.all(
    combinations.map((ways_) => bench.publish('shop.quote.requested', { quoteId: keyOf(ways_) })),
  );
  ended = await eventually('all quotes to end', allEnded, 90_000);
}, 200_000);

afterAll(async () => {
  await bench?.discard();
});

function keyOf(combination: readonly Way[]): string {
  return combination.map((way) => names.indexOf(way)).join('-');
}

function behaviourOf({ key, nth }: Delivery, position: number): Behaviour {
  return nth === 1 ? ways[names[Number(key.split('-')[position])]!] : done;
}

async function allEnded(): Promise<typeof ended | false> {
  const rows = await bench.query<{ key: string; status: string; incident: boolean; is_over: boolean }>(
    'select business_key as key, status, incident, finished_at is not null as is_over from saga_instance',
  );
  const isOver = rows.length === combinations.length && rows.every((row) => row.is_over);
  return isOver && new Map(rows.map((row) => [row.key, row] as const));
}

describe('three that are asked at once', () => {
  it.each(combinations)('one %s, one %s, one %s', (...combination) => {
    const key = keyOf(combination);
    const isRefused = combination.includes('refuses');
    const standing = bench.participants.standing(key);
    const effects = bench.participants.done(key);

    expect(ended.get(key)).toMatchObject({
      status: isRefused ? 'compensated' : 'completed',
      incident: false,
    });
    // What stands belongs to a quote that was confirmed, and nothing was done twice.
    expect(standing.toSorted()).toEqual(isRefused ? [] : [...asked, 'quotes.confirm'].toSorted());
    expect(effects).toEqual([...new Set(effects)]);
  });

  it('were each tried in all six ways with all others', () => {
    expect(new Set(combinations.map(keyOf)).size).toBe(216);
    expect(ended.size).toBe(216);
  });
});
