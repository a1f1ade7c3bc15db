import { describe, expect, it } from '@jest/globals';
import { errorsOf, sagaOf, type WrongDocument } from './wrong-document.js';

const STEP = `      - step: count
        call: inventory.count
        with: { sku: '\${ item }' }`;

const documents: readonly WrongDocument[] = [
  {
    name: 'a forEach over something that is no list',
    text: sagaOf(`  - forEach: all
    in: saga.key
    do:
${STEP}`),
    contracts: true,
    says: ['6:9: error: A list is needed here, and this is a text.'],
  },
  {
    name: 'a forEach without a list',
    text: sagaOf(`  - forEach: all
    do:
${STEP}`),
    contracts: true,
    says: ['5:5: error: `in` is missing: the list to work through, such as `in: input.lines`.'],
  },
  {
    name: 'a block of a forEach read behind it',
    text: sagaOf(`  - forEach: all
    in: input.skus
    do:
${STEP}
  - set: sum
    value: \${ steps.count.output }`),
    contracts: true,
    says: [
      '12:15: error: Block "count" stands inside "all", once for each time, and is known only there; read steps.all.output.',
    ],
  },
  {
    name: 'a block of a forEach read in its handler',
    text: sagaOf(`  - forEach: all
    in: input.skus
    do:
${STEP}
    catch:
      incomplete: { output: '\${ steps.?count.output.orValue(0) }' }`),
    contracts: true,
    says: [
      '12:33: error: Block "count" stands inside "all", once for each time, and is known only there; read steps.all.output.',
    ],
  },
  {
    name: 'a block of a forEach read in an outcome',
    text: sagaOf(`  - forEach: all
    in: input.skus
    do:
${STEP}
outcomes:
  completed: { emit: shop.counted, with: { sum: '\${ steps.?count.output.orValue(0) }' } }`),
    contracts: true,
    says: [
      '12:53: error: Block "count" stands inside "all", once for each time, and is known only there; read steps.all.output.',
    ],
  },
  {
    name: 'an item read outside',
    text: sagaOf(`  - forEach: all
    in: input.skus
    as: sku
    do:
      - step: count
        call: inventory.count
        with: { sku: '\${ sku }' }
  - set: last
    value: \${ sku }`),
    contracts: true,
    says: [
      '13:15: error: There is no "sku" here. If it is a field of the input, write input.sku. Known here: input, now, saga, steps, toggles.',
    ],
  },
  {
    name: 'an item under the name it does not have',
    text: sagaOf(`  - forEach: all
    in: input.skus
    as: sku
    do:
${STEP}`),
    contracts: true,
    says: ['11:26: error: There is no "item" here. Known here: index, input, now, saga, sku, toggles.'],
  },
  {
    name: 'an item called like a part of expressions',
    text: sagaOf(`  - forEach: all
    in: input.skus
    as: input
    do:
      - set: copy
        value: \${ input }`),
    says: ['7:9: error: "input" means something else in expressions. Choose another name.'],
  },
  {
    name: 'an item called like that of the loop around',
    text: sagaOf(`  - forEach: outer
    in: input.boxes
    as: it
    do:
      - forEach: inner
        in: it.parts
        as: it
        do:
          - set: copy
            value: \${ it }`),
    says: ['11:13: error: A loop around this one calls its item "it". Choose another name.'],
  },
  {
    name: 'a pivot in a forEach',
    text: sagaOf(`  - forEach: all
    in: input.skus
    do:
      - step: pay
        call: payment.charge
        pivot: true`),
    says: [
      '10:9: error: No pivot can stand inside "all": what runs beside it could not be undone any more. Move step "pay" behind it.',
    ],
  },
  {
    name: 'a pivot in a repeat',
    text: sagaOf(`  - repeat: all
    until: 'true'
    max: 3
    do:
      - step: pay
        call: payment.charge
        pivot: true`),
    says: [
      '11:9: error: No pivot can stand inside "all": it could succeed more than once. Move step "pay" behind it.',
    ],
  },
  {
    name: 'the output of a loop whose last block has none',
    text: sagaOf(`  - forEach: all
    in: input.skus
    do:
      - emit: counted
        event: shop.counted
  - set: sum
    value: \${ steps.all.output }`),
    says: ['11:15: error: "all" has no output, for its last block leaves none; say `output: …` in it.'],
  },
  {
    name: 'a repeat without an end',
    text: sagaOf(`  - repeat: polling
    do:
      - set: now1
        value: 1`),
    says: [
      '5:5: error: `until` is missing: the condition that ends it, such as `until: steps.ask.output.ready`.',
      '5:5: error: `max` is missing: how many times at most; nothing is repeated for ever.',
    ],
  },
  {
    name: 'a repeat that always ends',
    text: sagaOf(`  - repeat: polling
    until: 'true'
    max: 3
    do:
      - end: enough`),
    says: [
      '6:12: error: This is never looked at: what stands in "polling" always ends or raises. Leave the `repeat` out.',
    ],
  },
  {
    name: 'a condition that looks at the next time',
    text: sagaOf(`  - repeat: polling
    until: steps.polling.output > 3
    max: 3
    do:
      - set: one
        value: 1`),
    says: ['6:12: error: Block "polling" does not stand before this place, so its result is not known here.'],
  },
  {
    name: 'a join that is no word for it',
    text: sagaOf(`  - parallel: both
    join: most
    branches:
      left: [{ set: one, value: 1 }]
      right: [{ set: two, value: 2 }]`),
    says: ['6:11: error: Expected one of `all`, `any`, and this is "most".'],
  },
  {
    name: 'a join of more branches than there are',
    text: sagaOf(`  - parallel: both
    join: 3
    branches:
      left: [{ set: one, value: 1 }]
      right: [{ set: two, value: 2 }]`),
    says: ['6:11: error: There are only 2 branches. Write a number up to 2.'],
  },
  {
    name: 'a join that says twice how many may be missing',
    text: sagaOf(`  - parallel: both
    join: any
    tolerate: 1
    branches:
      left: [{ set: one, value: 1 }]
      right: [{ set: two, value: 2 }]`),
    says: ['7:5: error: `join: any` says already how many are needed. Keep one of `join` and `tolerate`.'],
  },
  {
    name: 'a rest where nothing is left over',
    text: sagaOf(`  - parallel: both
    rest: finish
    branches:
      left: [{ set: one, value: 1 }]
      right: [{ set: two, value: 2 }]`),
    says: [
      '6:5: error: All of them are needed here, so none is left over. Leave `rest` out, or say `join` or `tolerate`.',
    ],
  },
  {
    name: 'a hurry that lets the rest finish',
    text: sagaOf(`  - parallel: both
    failFast: true
    rest: finish
    branches:
      left: [{ set: one, value: 1 }]
      right: [{ set: two, value: 2 }]`),
    says: ['7:5: error: `failFast` stops the others, and `rest: finish` lets them finish. Keep one of them.'],
  },
  {
    name: 'a branch read plainly behind a join that may miss it',
    text: sagaOf(`  - parallel: both
    join: any
    branches:
      left: [{ set: one, value: 1 }]
      right: [{ set: two, value: 2 }]
  - set: sum
    value: \${ steps.one.output }`),
    says: [
      '11:15: error: Block "one" may not have run here; write steps.?one. … .orValue(<default>), or ask has(steps.one) first.',
    ],
  },
  {
    name: 'a tolerance that is no share',
    text: sagaOf(`  - parallel: both
    tolerate: some
    branches:
      left: [{ set: one, value: 1 }]
      right: [{ set: two, value: 2 }]`),
    says: ['6:15: error: Expected a share such as 20%, and this is "some".'],
  },
  {
    name: 'a handler of incomplete where everything is tolerated',
    text: sagaOf(`  - forEach: all
    in: input.skus
    tolerate: 100%
    do:
${STEP}
    catch: { incomplete: compensate }`),
    contracts: true,
    says: ['12:14: error: Nothing in here raises "incomplete", so this handler would never run.'],
  },
  {
    name: 'a list behind the pivot that may be shorter than needed',
    text: sagaOf(`  - step: book
    call: inventory.note
    pivot: true
  - forEach: all
    in: input.skus
    join: 2
    do:
      - step: adjust
        call: inventory.adjust
        with: { sku: '\${ item }', amount: 1 }`),
    contracts: true,
    says: [
      '10:11: error: "incomplete" of "all" is raised behind the pivot when the list holds less than `join: 2` needs, where it could not be answered by undoing. Handle it with `catch: { incomplete: … }`.',
    ],
  },
  {
    name: 'completeness of a block that joins nothing',
    text: sagaOf(`  - set: one
    value: 1
  - set: two
    value: \${ steps.one.completeness }`),
    says: [
      '8:15: error: `steps.one` has no field "completeness". Known here: attempts, endedAt, outcome, output, startedAt.',
    ],
  },
  {
    name: 'a block that is called saga',
    text: sagaOf(`  - set: saga
    value: 1`),
    says: ['5:10: error: "saga" means something else in expressions. Choose another name.'],
  },
];

describe('a document with a loop or a join that makes no sense', () => {
  it.each(documents)('is refused: $name', (document) => {
    expect(errorsOf(document)).toEqual(document.says);
  });
});
