import { describe, expect, it } from '@jest/globals';
import { compileDefinitions, formatProblem, type SagaFacts } from '#libs/saga';
import type { HistoryEntry } from '../history.js';
import { whyItRan } from './why-it-ran.js';

const text = `saga: order
version: 3
key: input.orderId
triggers:
  - { event: shop.order.placed, gates: { has-a-value: data.total > 0, not-a-test: '!data.isTest' } }
steps: [{ wait: pause, for: 1s }]
`;
const { programs, problems } = compileDefinitions([{ file: 'order.yaml', text }], {});
if (programs.length === 0) throw new Error(problems.map(formatProblem).join());
const [program] = programs;
const facts: SagaFacts = {
  id: 's-1',
  key: 'o-1',
  definition: 'order',
  version: 3,
  startedAt: 0,
  hops: 0,
};

function startedBy(type: string, source: string, cause: string): readonly HistoryEntry[] {
  const input = { kind: 'start', now: 0, facts, origin: { type, source } } as const;
  const effects = [{ kind: 'noted', block: 'x', text: 'x' }] as unknown as HistoryEntry['effects'];
  return [{ input, effects, offset: 1, cause }];
}

describe('why a saga ran', () => {
  it('is the event and what was asked of it', () => {
    expect(whyItRan(facts, startedBy('shop.order.placed', '/shop', 'e-7'), program)).toBe(
      'order version 3 ran because shop.order.placed came (e-7 of /shop), and what is asked of that held: has-a-value, not-a-test.',
    );
  });

  it.each([
    [
      'schedule',
      '/skald/schedule/x',
      '2026-11-21T10:00:00.000Z',
      'its schedule came due at 2026-11-21T10:00:00.000Z',
    ],
    ['saga', '/skald/shop', 's-0.completed', 'a saga ended: s-0.completed'],
    ['api', '/shop/desk', 'k-1', '/shop/desk asked for it (k-1)'],
    ['shop.order.moved', '/shop', 'e-7', 'shop.order.moved came (e-7 of /shop)'],
  ])('is what happened: %s of %s', (type, source, cause, what) => {
    expect(whyItRan(facts, startedBy(type, source, cause), program)).toBe(
      `order version 3 ran because ${what}.`,
    );
  });

  it.each([
    [{ by: 'ada' }, 'ada asked for it'],
    [{ by: 'ada', reason: 'the customer called' }, 'ada asked for it ("the customer called")'],
  ])('is who asked for it, and what they said: %j', (asker, what) => {
    const [started] = startedBy('api', '/skald/shop/api', 'k-1');
    const origin = { type: 'api', source: '/skald/shop/api', ...asker };
    const input = { ...started!.input, origin } as HistoryEntry['input'];

    expect(whyItRan(facts, [{ ...started!, input }], program)).toBe(`order version 3 ran because ${what}.`);
  });

  it('is the saga that runs it', () => {
    const parent = { saga: 's-0', id: 'ship/1/wait' };

    expect(whyItRan({ ...facts, parent }, startedBy('saga', '/skald', 'x'), program)).toBe(
      'order version 3 ran because the saga s-0 runs it at ship.',
    );
  });

  it('is the fact that it reads', () => {
    const informs = { desk: 'fact', key: 'wms.stock A7', id: '1' };

    expect(whyItRan({ ...facts, informs }, startedBy('fact', '/skald', 'x'), program)).toBe(
      'order version 3 ran because the fact wms.stock A7 was asked for, and it reads that.',
    );
  });

  it('is not known without the history of its start', () => {
    expect(whyItRan(facts, [], program)).toBeUndefined();
  });
});
