import { describe, expect, it } from '@jest/globals';
import { errorsOf, sagaOf, SAGA, type WrongDocument } from './wrong-document.js';

const documents: readonly WrongDocument[] = [
  {
    name: 'a priority that is no number',
    text: `saga: order
version: 1
key: input.id
priority: input.tier == 'gold'
steps: [{ wait: rest, for: 1m }]
`,
    says: ['4:11: error: A number is needed here, and this is true or false.'],
  },
  {
    name: 'an empty condition',
    text: sagaOf(`  - set: one
    value: 1
    if: ''`),
    says: ['7:9: error: Expected an expression, and this is "".'],
  },
  {
    name: 'a condition that is cut off',
    text: sagaOf(`  - set: one
    value: 1
    if: input.total >`),
    says: ['7:22: error: The expression ends too early.'],
  },
  {
    name: 'one equal sign',
    text: sagaOf(`  - set: one
    value: 1
    if: input.state = 'new'`),
    says: ['7:21: error: A comparison is written with two equal signs: a == b.'],
  },
  {
    name: '`${ }` around a bare expression',
    text: sagaOf(`  - set: one
    value: 1
    if: \${ input.total > 5 }`),
    says: ['7:9: error: `${ }` is not written where a key can only hold an expression; leave it out.'],
  },
  {
    name: 'a condition that is a text',
    text: sagaOf(`  - set: one
    value: 1
    if: "'yes'"`),
    says: ['7:9: error: A condition is true or false, and this is a text.'],
  },
  {
    name: 'a name that does not exist',
    text: sagaOf(`  - set: one
    value: \${ inptu.total }`),
    says: ['6:15: error: There is no "inptu" here. Did you mean "input"?'],
  },
  {
    name: 'a block that does not exist',
    text: sagaOf(`  - set: first
    value: 1
  - set: second
    value: \${ steps.frist.output }`),
    says: ['8:15: error: There is no block "frist". Did you mean "first"?'],
  },
  {
    name: 'a block that comes later',
    text: sagaOf(`  - set: first
    value: \${ steps.second.output }
  - set: second
    value: 1`),
    says: ['6:15: error: Block "second" does not stand before this place, so its result is not known here.'],
  },
  {
    name: 'a block in another branch',
    text: sagaOf(`  - parallel: both
    branches:
      one: [{ set: first, value: 1 }]
      two: [{ set: second, value: '\${ steps.first.output }' }]`),
    says: ['8:39: error: Block "first" does not stand before this place, so its result is not known here.'],
  },
  {
    name: 'a block that may not have run',
    text: sagaOf(`  - set: first
    value: 1
    if: input.isNew
  - set: second
    value: 'it is \${ steps.first.output }'`),
    says: [
      '9:22: error: Block "first" may not have run here; write steps.?first. … .orValue(<default>), or ask has(steps.first) first.',
    ],
  },
  {
    name: 'a block in one case only',
    text: sagaOf(`  - choice: route
    cases: [{ case: far, if: input.far, do: [{ set: miles, value: 9 }] }]
    else: []
  - set: second
    value: \${ steps.miles.output }`),
    says: [
      '9:15: error: Block "miles" may not have run here; write steps.?miles. … .orValue(<default>), or ask has(steps.miles) first.',
    ],
  },
  {
    name: 'an optional value without a default',
    text: sagaOf(`  - set: first
    value: 1
    if: input.isNew
  - set: second
    value: \${ steps.?first.output }`),
    says: ['9:15: error: This may not be there; say what counts then: … .orValue(<default>).'],
  },
  {
    name: 'a field that a block does not have',
    text: sagaOf(`  - set: first
    value: 1
  - set: second
    value: \${ steps.first.result }`),
    says: [
      '8:15: error: `steps.first` has no field "result". Known here: attempts, endedAt, outcome, output, startedAt.',
    ],
  },
  {
    name: 'a field that the input does not have',
    text: `saga: order
version: 1
key: input.orderID
input: { type: object, additionalProperties: false, properties: { orderId: { type: string } } }
steps: []
`,
    says: ['3:6: error: `input` has no field "orderID". Did you mean "orderId"?'],
  },
  {
    name: 'a text plus a number',
    text: sagaOf(`  - set: one
    value: \${ 'a' + 1 }`),
    says: ['6:15: error: "+" does not go between a text and a number.'],
  },
  {
    name: 'a text that is compared with a number',
    text: sagaOf(`  - set: one
    value: \${ saga.id == 5 }`),
    says: ['6:15: error: "==" does not go between a text and a number.'],
  },
  {
    name: 'a regular expression',
    text: sagaOf(`  - set: one
    value: 1
    if: input.sku.matches('^AB')`),
    says: [
      "7:9: error: Regular expressions are not part of the language, because some run forever; write like(text, 'AB*') or startsWith.",
    ],
  },
  {
    name: 'a function with a typo',
    text: sagaOf(`  - set: one
    value: \${ siez(input.items) }`),
    says: ['6:15: error: There is no function "siez". Did you mean "size"?'],
  },
  {
    name: 'a function with a wrong argument',
    text: sagaOf(`  - set: one
    value: \${ duration(5) }`),
    says: ['6:15: error: `duration()` does not take a number.'],
  },
  {
    name: 'an unsigned number',
    text: sagaOf(`  - set: one
    value: \${ 5u }`),
    says: ['6:15: error: There is one kind of number; leave the u out.'],
  },
  {
    name: 'a `${` that is not closed',
    text: sagaOf(`  - set: one
    value: 'total: \${ input.total'`),
    says: [
      '6:20: error: This `${` is never closed; write `}` behind the expression, or `$${` for the characters themselves.',
    ],
  },
  {
    name: 'a toggle that does not exist',
    text: `${SAGA}toggles: { fastLane: { default: true } }
steps:
  - set: one
    value: 1
    if: toggles.fastlane
`,
    says: ['8:9: error: `toggles` has no field "fastlane". Did you mean "fastLane"?'],
  },
  {
    name: 'the failure outside of a handler',
    text: sagaOf(`  - set: one
    value: \${ failure.error }`),
    says: ['6:15: error: There is no "failure" here. Known here: input, now, saga, toggles.'],
  },
  {
    name: 'what a cause of a failure does not have',
    text: sagaOf(`  - step: hold
    call: inventory.hold
    compensate: { none: it may stay }
    catch:
      rejected: { do: [{ set: why, value: '\${ failure.causes[0].data }' }] }`),
    says: ['9:47: error: A cause of `failure` has no field "data". Did you mean "at"?'],
  },
  {
    name: 'a mistake behind a doubled quote',
    text: sagaOf(`  - set: one
    value: '\${ ''a'' + inptu.b }'`),
    says: ['6:24: error: There is no "inptu" here. Did you mean "input"?'],
  },
  {
    name: 'all blocks at once',
    text: sagaOf(`  - set: first
    value: 1
  - set: second
    value: \${ steps }`),
    says: ['8:15: error: `steps` alone is no value; name a block: steps.<block>.output.'],
  },
  {
    name: 'a negation inside of a quote',
    text: sagaOf(`  - set: one
    value: 1
    if: '!has(input)'`),
    says: ['7:11: error: `has()` takes a path: has(input.coupon) or has(steps.x).'],
  },
];

describe('an expression with a mistake', () => {
  it.each(documents)('explains $name', (document) => {
    expect(errorsOf(document)).toEqual(document.says);
  });
});
