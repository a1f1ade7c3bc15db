import { describe, expect, it } from '@jest/globals';
import type { CallUndo, CommandAsk, ScopeNode, SeqNode } from '../node.js';
import { compileDefinitions } from './compile-definitions.js';

const order = `
saga: order-fulfilment
version: 1
key: input.orderId
input: { type: object, required: [orderId, total], properties: { orderId: { type: string }, total: { type: integer } } }
timeout: 30m
triggers:
  - event: shop.order.placed
    gates: { has-a-value: data.total > 0 }
steps:
  - step: reserveStock
    call: inventory.reserve
    compensate: inventory.release
  - step: chargeCard
    call: payment.charge
    with: { orderId: '\${ input.orderId }', amount: '\${ input.total }' }
    compensate: payment.refund
  - step: arrangeShipping
    call: shipping.arrange
    pivot: true
outcomes:
  compensated: { emit: shop.order.rejected, with: { orderId: '\${ input.orderId }', reason: '\${ failure.error }' } }
`;

const { programs, problems } = compileDefinitions([{ file: 'order.yaml', text: order }]);
const program = programs[0]!;
const steps = ((program.root as ScopeNode).child as SeqNode).children as readonly CommandAsk[];
const facts = { id: 's1', key: 'o1', definition: 'order-fulfilment', version: 1, startedAt: 0, hops: 0 };
const values = { input: { orderId: 'o1', total: 300 }, steps: {}, saga: facts, toggles: {}, now: 0 };

describe('the order saga', () => {
  it('compiles to a scope, a sequence and three exchanges', () => {
    expect([program.root.kind, (program.root as ScopeNode).child.kind]).toEqual(['scope', 'seq']);
    expect(steps.map(({ kind, id, call, pivot }) => ({ kind, id, call, pivot }))).toEqual([
      { kind: 'ask', id: 'reserveStock', call: 'inventory.reserve', pivot: false },
      { kind: 'ask', id: 'chargeCard', call: 'payment.charge', pivot: false },
      { kind: 'ask', id: 'arrangeShipping', call: 'shipping.arrange', pivot: true },
    ]);
  });

  it('undoes each step by its own command', () => {
    expect(steps.map(({ undo }) => (undo as CallUndo | undefined)?.call)).toEqual([
      'inventory.release',
      'payment.refund',
      undefined,
    ]);
  });

  it('sends the input where nothing is mapped', () => {
    expect(steps[0]!.data(values)).toBe(values.input);
    expect(steps[1]!.data(values)).toEqual({ orderId: 'o1', amount: 300 });
  });

  it('takes what nobody says from the built-in settings', () => {
    expect(steps[0]!.retry).toEqual({
      attempts: 10,
      delayMs: 1_000,
      factor: 2,
      maxDelayMs: 60_000,
      jitter: 0.2,
    });
    expect(steps[0]!.timeout).toEqual({ afterMs: 30_000, acceptedMs: 600_000 });
    expect(program.timeoutMs).toBe(1_800_000);
  });

  it('names its topics', () => {
    expect(program.calls).toEqual([
      'inventory.reserve',
      'inventory.release',
      'payment.charge',
      'payment.refund',
      'shipping.arrange',
    ]);
    expect(program.emits).toEqual(['shop.order.rejected']);
  });

  it('refuses an input by path', () => {
    expect(program.inputProblems({ orderId: 7 })).toEqual([
      "the input must have required property 'total'",
      '/orderId must be string',
    ]);
  });

  it('opens its gate for an order with a value', () => {
    const [gate] = program.triggers[0]!.gates;

    expect([{ total: 0 }, { total: 1 }].map((data) => gate!.if({ ...values, data }))).toEqual([false, true]);
  });

  it('tells why it was undone', () => {
    const failure = { error: 'no-carrier', step: 'arrangeShipping', message: '', data: null, at: 0 };

    expect(program.outcomes.compensated!.data({ ...values, failure })).toEqual({
      orderId: 'o1',
      reason: 'no-carrier',
    });
  });

  it('warns once about each participant without a contract', () => {
    expect(
      problems.map(({ severity, line, column, message }) => [severity, line, column, message.slice(0, 40)]),
    ).toEqual([
      ['warning', 12, 11, 'Participant "inventory" has no contract,'],
      ['warning', 15, 11, 'Participant "payment" has no contract, s'],
      ['warning', 19, 11, 'Participant "shipping" has no contract, '],
    ]);
  });
});

describe('two sagas of one file', () => {
  it('are each held against an input of their own', () => {
    const text = ['orderId', 'key'].map(
      (name, index) => `saga: s${index}
version: 1
key: input.${name}
input: { type: object, required: [${name}] }
steps: []
`,
    );
    const { programs: both } = compileDefinitions([{ file: 'both.yaml', text: text.join('---\n') }]);

    expect(both.map(({ inputProblems }) => inputProblems({ key: 'k' }))).toEqual([
      ["the input must have required property 'orderId'"],
      [],
    ]);
  });
});
