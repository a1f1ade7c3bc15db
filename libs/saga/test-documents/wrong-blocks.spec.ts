import { describe, expect, it } from '@jest/globals';
import { BLOCKS_BY_HEAD } from '../src/blocks/registered-blocks.js';
import { errorsOf, sagaOf, type WrongDocument } from './wrong-document.js';

const documents: readonly WrongDocument[] = [
  {
    name: 'a block that is a word',
    text: sagaOf(`  - pay`),
    says: [
      '5:5: error: A block is a map such as { step: reserveStock, call: inventory.reserve }, and this is a text.',
    ],
  },
  {
    name: 'a block without a head',
    text: sagaOf(`  - call: payment.charge`),
    says: ['5:5: error: This block has no head. Its keys are those of a step: begin it with `step: <name>`.'],
  },
  {
    name: 'a block of which nobody knows what it is',
    text: sagaOf(`  - delay: 5m`),
    says: [
      `5:5: error: This block has no head. Begin it with one of ${[...BLOCKS_BY_HEAD.keys()].join(', ')}.`,
    ],
  },
  {
    name: 'a worth that nobody knows',
    text: sagaOf(`  - { end: over, worth: valuable }`),
    says: ['5:25: error: Expected one of `value-adding`, `handoff`, `waste`, and this is "valuable".'],
  },
  {
    name: 'a head with a typo',
    text: sagaOf(`  - stepp: pay
    call: payment.charge`),
    says: ['5:5: error: This block has no head. Did you mean "step"? It says `stepp`.'],
  },
  {
    name: 'two heads',
    text: sagaOf(`  - step: pay
    call: payment.charge
    pivot: true
    wait: aDay`),
    says: [
      '8:5: error: A block has one head, and this one has `step` and `wait`. Begin a new block with "- ".',
    ],
  },
  {
    name: 'a name in kebab-case',
    text: sagaOf(`  - step: charge-card
    call: payment.charge
    pivot: true`),
    says: [
      '5:11: error: The name of a block is written in camelCase such as reserveStock, because expressions mention it: "charge-card" is not. Write "chargeCard".',
    ],
  },
  {
    name: 'a name that is used twice',
    text: sagaOf(`  - set: total
    value: 1
  - group: inner
    do:
      - set: total
        value: 2`),
    says: ['9:14: error: Another block is called "total". Give one of them another name.'],
  },
  {
    name: 'a name that expressions use',
    text: sagaOf(`  - set: input
    value: 1`),
    says: ['5:10: error: "input" means something else in expressions. Choose another name.'],
  },
  {
    name: 'a compensation without a block',
    text: sagaOf(`  - step: pay
    call: payment.charge
    compensate: { do: [] }`),
    says: ['7:19: error: No block is there to undo it. Say `none: <why>` if nothing can be undone.'],
  },
  {
    name: 'a parallel without branches',
    text: sagaOf(`  - parallel: both`),
    says: ['5:5: error: `branches` is missing: the lists of blocks that run beside each other, by name.'],
  },
  {
    name: 'a parallel with no branch',
    text: sagaOf(`  - parallel: both
    branches: {}`),
    says: ['6:15: error: There is no branch. Name at least one.'],
  },
  {
    name: 'a branch in kebab-case',
    text: sagaOf(`  - parallel: both
    branches: { in-stock: [] }`),
    says: [
      '6:27: error: The name of a branch is written in camelCase such as reserveStock, because expressions mention it: "in-stock" is not. Write "inStock".',
    ],
  },
  {
    name: 'a choice without an else',
    text: sagaOf(`  - choice: route
    cases: [{ case: far, if: input.far, do: [] }]`),
    says: ['5:5: error: `else` is missing: what to do when no case holds; `else: []` for nothing.'],
  },
  {
    name: 'a choice without a case',
    text: sagaOf(`  - choice: route
    cases: []
    else: []`),
    says: ['6:12: error: There is no case. For blocks that always run leave the `choice` out.'],
  },
  {
    name: 'a case that stands twice',
    text: sagaOf(`  - choice: route
    cases:
      - { case: far, if: input.far, do: [] }
      - { case: far, if: input.near, do: [] }
    else: []`),
    says: ['8:17: error: Case "far" stands here twice. Give one of them another name.'],
  },
  {
    name: 'a case without a condition',
    text: sagaOf(`  - choice: route
    cases: [{ case: far, do: [] }]
    else: []`),
    says: ['6:13: error: `if` is missing: the condition under which the case is taken.'],
  },
  {
    name: 'a wait until a number',
    text: sagaOf(`  - wait: aWhile
    until: 1 + 1`),
    says: [
      "6:12: error: An instant is needed here, and this is a number. Write timestamp('2026-03-01T12:00:00Z') or now + duration('1h').",
    ],
  },
  {
    name: 'a value that is missing',
    text: sagaOf(`  - set: total`),
    says: ['5:5: error: `value` is missing: the value.'],
  },
  {
    name: 'an event that is missing',
    text: sagaOf(`  - emit: tell`),
    says: ['5:5: error: `event` is missing: name the event, such as `event: shop.order.placed`.'],
  },
  {
    name: 'an error of the engine that is raised',
    text: sagaOf(`  - raise: timed-out`),
    says: ['5:12: error: "timed-out" is raised by the engine alone. Choose a name of your own.'],
  },
  {
    name: 'an error in camelCase',
    text: sagaOf(`  - raise: outOfStock`),
    says: [
      '5:12: error: An error is written in kebab-case such as out-of-stock: "outOfStock" is not. Write "out-of-stock".',
    ],
  },
  {
    name: 'a block behind the end',
    text: sagaOf(`  - end: done
  - set: total
    value: 1`),
    says: [
      '6:5: error: This block is never reached: whatever stands before it ends or raises. Leave it out.',
    ],
  },
  {
    name: 'a timeout with a typo',
    text: sagaOf(`  - group: inner
    timeout: { aftr: 1h }
    do: []`),
    says: [
      '6:14: error: `after` is missing: how long the block may take.',
      '6:16: error: `timeout` has no key `aftr`. Did you mean "after"?',
    ],
  },
];

describe('a block with a mistake', () => {
  it.each(documents)('explains $name', (document) => {
    expect(errorsOf(document)).toEqual(document.says);
  });
});
