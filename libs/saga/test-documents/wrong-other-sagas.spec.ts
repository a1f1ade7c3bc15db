import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { formatProblem } from '../src/document/problem.js';
import { errorsOf, sagaOf, type WrongDocument } from './wrong-document.js';

const others = `---
saga: billing
version: 1
key: input.orderId
input: { type: object, required: [orderId], properties: { orderId: { type: string } }, additionalProperties: false }
steps: [{ step: charge, call: payment.charge, compensate: payment.refund }]
---
saga: shipment
version: 1
key: input.orderId
steps: [{ step: ship, call: shipping.send, pivot: true }]
`;

function ring(more: string): string {
  return `---
saga: invoice
version: 1
key: input.orderId
steps: [{ saga: back, definition: order, key: input.orderId${more} }]
`;
}

const documents: readonly WrongDocument[] = [
  {
    name: 'nothing to run',
    text: sagaOf('  - saga: bill\n    key: input.orderId'),
    says: ['5:5: error: `definition` is missing: name the saga to run.'],
  },
  {
    name: 'a field that it does not take',
    text: sagaOf('  - { saga: bill, definition: billing, with: { orderId: o1, total: 5 } }') + others,
    says: ['5:61: error: "billing" takes no field "total".'],
  },
  {
    name: 'a field that it needs',
    text: sagaOf('  - { saga: bill, definition: billing, with: {} }') + others,
    says: ['5:40: error: "billing" also needs "orderId".'],
  },
  {
    name: 'a saga with a pivot',
    text: sagaOf('  - { saga: ship, definition: shipment }') + others,
    says: [
      '5:31: error: "shipment" has a pivot, so it cannot undo itself once that took effect. Write `compensate: <command>` or a list of blocks, or `compensate: { none: <why> }`, or move it behind the pivot.',
    ],
  },
  {
    name: 'sagas that run each other for ever',
    text: sagaOf('  - { saga: bill, definition: invoice, key: input.orderId }') + ring(''),
    says: [
      '5:31: error: Sagas run each other in a ring: order → invoice → order. Nothing in it ever ends that. Put a condition on one of the blocks, or write how many are meant, such as `maxHops: 3`.',
    ],
  },
  {
    name: 'a saga that runs itself for ever',
    text: sagaOf('  - { saga: again, definition: order, key: input.next }'),
    says: [
      '5:32: error: Sagas run each other in a ring: order → order. Nothing in it ever ends that. Put a condition on one of the blocks, or write how many are meant, such as `maxHops: 3`.',
    ],
  },
  {
    name: 'a saga nobody waits for',
    text: sagaOf('  - { saga: bill, definition: billing, detached: true }') + others,
    says: [
      '5:50: error: Nobody waits for "bill", so it is not undone by itself. Write `compensate: <command>` or a list of blocks, or `compensate: { none: <why> }`, or move it behind the pivot.',
    ],
  },
  {
    name: 'an undo behind the pivot',
    text:
      sagaOf(`  - { step: ship, call: shipping.send, pivot: true }
  - { saga: bill, definition: billing, compensate: billing.stop }`) + others,
    says: [
      '6:40: error: Saga block "bill" stands behind the pivot, where nothing is undone any more. Leave `compensate` out.',
    ],
  },
];

describe('a block that runs another saga with a mistake', () => {
  it.each(documents)('explains $name', (document) => {
    expect(errorsOf(document)).toEqual(document.says);
  });

  it('warns about a ring that a condition may end, once', () => {
    const text =
      sagaOf('  - { saga: bill, definition: invoice, key: input.orderId }') + ring(', if: input.total > 5');
    const { problems } = compileDefinitions([{ file: 'wrong.yaml', text }]);

    expect(problems.filter(({ message }) => message.includes('ring')).map(formatProblem)).toEqual([
      'wrong.yaml:5:31: warning: Sagas run each other in a ring: order → invoice → order. When 8 lie behind one, no more is started. Write how many are meant, such as `maxHops: 3`.',
    ]);
  });

  it('says nothing of a ring that is bounded', () => {
    const text = sagaOf('  - { saga: bill, definition: invoice, key: input.orderId }') + ring(', maxHops: 3');
    const { problems } = compileDefinitions([{ file: 'wrong.yaml', text }]);

    expect(problems.filter(({ message }) => message.includes('ring'))).toEqual([]);
  });

  it('warns about a saga that is not there, whose end would start this one', () => {
    const text = sagaOf('  - { step: a, call: payment.charge, compensate: payment.refund }').replace(
      'version: 1',
      'version: 1\ntriggers: [{ saga: biling }]',
    );
    const { problems } = compileDefinitions([{ file: 'wrong.yaml', text: text + others }]);

    expect(problems.filter(({ message }) => message.includes('biling')).map(formatProblem)).toEqual([
      'wrong.yaml:3:20: warning: The saga "biling" is not among these documents, so it starts nothing until there is one. Did you mean "billing"?',
    ]);
  });

  it('warns about a saga that is not there', () => {
    const text = sagaOf('  - { saga: bill, definition: biling }') + others;
    const { problems } = compileDefinitions([{ file: 'wrong.yaml', text }]);
    const said = problems.filter(({ message }) => message.includes('biling')).map(formatProblem);

    expect(said).toEqual([
      'wrong.yaml:5:31: warning: The saga "biling" is not among these documents, so nobody can say what it takes and whether it can be undone. Did you mean "billing"?',
    ]);
  });
});
