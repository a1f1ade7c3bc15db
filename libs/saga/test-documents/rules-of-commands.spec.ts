import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { run } from './running-saga.js';

const documents = `participant: payment
commands:
  charge: {}
  refund:
    input:
      type: object
      required: [amount]
      properties: { amount: { type: number }, approvedBy: { type: string } }
      if: { properties: { amount: { exclusiveMinimum: 10000 } } }
      then: { required: [approvedBy] }
---
saga: return-goods
version: 1
key: input.id
steps:
  - { step: refund, call: payment.refund, pivot: true, with: { amount: '\${ input.amount }' } }
---
saga: settle-claim
version: 1
key: input.id
steps:
  - { step: payBack, call: payment.refund, pivot: true, with: { amount: '\${ input.goods + input.fees }' } }
---
saga: show-goodwill
version: 1
key: input.id
steps:
  - step: give
    call: payment.refund
    pivot: true
    with: { amount: '\${ input.amount }', approvedBy: '\${ input.lead }' }
---
saga: order
version: 1
key: input.id
steps:
  - { step: charge, call: payment.charge, compensate: { call: payment.refund, with: { amount: '\${ input.amount }' } } }
  - { step: ship, call: shipping.arrange, pivot: true }
`;

const { programs, problems } = compileDefinitions([{ file: 'refunds.yaml', text: documents }]);
const program = (name: string) => programs.find(({ definition }) => definition === name)!;

describe('a refund that its contract wants approved above an amount', () => {
  it('is understood in every saga', () => {
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it.each([
    ['return-goods', { id: 'r1', amount: 10_001 }],
    ['settle-claim', { id: 'c1', goods: 9_000, fees: 1_001 }],
  ])('is not sent by %s without an approval', (name, input) => {
    const { sent, finish } = run(program(name), input);

    expect([sent, finish?.failure?.error]).toEqual([[], 'invalid']);
    expect(finish?.failure?.message).toContain(
      `payment.refund is not sent, by its rule "input" (refunds.yaml:5); the data does not fit: it must have required property 'approvedBy'`,
    );
  });

  it.each([
    ['return-goods', { id: 'r1', amount: 10_000 }],
    ['settle-claim', { id: 'c1', goods: 9_000, fees: 1_000 }],
    ['show-goodwill', { id: 'g1', amount: 10_001, lead: 'ann' }],
  ])('is sent by %s where none is needed or it is there', (name, input) => {
    const { sent, finish } = run(program(name), input);

    expect([sent, finish?.status]).toEqual([['payment.refund'], 'completed']);
  });

  it('is left to a person where it would undo something', () => {
    const no = { 'shipping.arrange': [{ outcome: 'rejected', error: 'no-carrier' }] } as const;
    const { sent, incidents } = run(program('order'), { id: 'o1', amount: 10_001 }, no);

    expect([sent, incidents]).toEqual([['payment.charge', 'shipping.arrange'], ['UNDO_FAILED']]);
  });
});
