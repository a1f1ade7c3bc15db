import { describe, expect, it } from '@jest/globals';
import { errorsOf, sagaOf, SAGA, type WrongDocument } from './wrong-document.js';

const documents: readonly WrongDocument[] = [
  {
    name: 'an empty file',
    text: ``,
    says: [
      '1:1: error: The file is empty. Begin with `saga: <name>`, `participant: <name>` or `namespace: <name>`.',
    ],
  },
  {
    name: 'a tag where a condition was meant',
    text: sagaOf(`  - step: pay
    call: payment.charge
    pivot: true
    if: !has(input.free)`),
    says: [
      "8:9: error: YAML reads `!has(input.free)` as a tag and leaves the value empty, because it begins with `!`. Put the expression in quotes: '!has(input.free)'.",
    ],
  },
  {
    name: 'an explicit tag',
    text: `${SAGA}title: !!str 5
steps: []
`,
    says: ['4:8: error: Tags are not part of the language; write the plain value.'],
  },
  {
    name: '`on` as a key',
    text: `${SAGA}on: { failed: incident }
steps: []
`,
    says: [
      '4:1: error: `on:` is no key: YAML 1.1 readers take the word for true or false. Errors are handled under `catch:`, events start sagas under `triggers:`.',
    ],
  },
  {
    name: 'a yes as a branch',
    text: sagaOf(`  - parallel: both
    branches: { yes: [], other: [] }`),
    says: [
      '6:17: error: `yes:` is no key: YAML 1.1 readers take the word for true or false. Choose another name.',
    ],
  },
  {
    name: 'a boolean word as a block name',
    text: sagaOf(`  - set: off
    value: 1`),
    says: ['5:10: error: "off" is no name: YAML 1.1 readers take it for true or false. Choose another one.'],
  },
  {
    name: 'an unquoted choice in `${ }`',
    text: sagaOf(`  - set: level
    value: \${ input.total > 5 ? 1 : 2 }`),
    says: [
      "6:12: error: YAML takes the `: ` of `${ a ? b : c }` for a key. Put the whole value in quotes: '${ a ? b : c }'.",
    ],
  },
  {
    name: 'an unquoted choice in a bare expression',
    text: sagaOf(`  - step: pay
    call: payment.charge
    pivot: true
    if: input.a ? input.b : input.c`),
    says: [
      "8:9: error: YAML takes the `: ` of `a ? b : c` for a key. Put the whole expression in quotes: 'a ? b : c'.",
    ],
  },
  {
    name: '`${ }` in a flow map',
    text: sagaOf(`  - step: pay
    call: payment.charge
    pivot: true
    with: { amount: \${ input.total } }`),
    says: [
      "8:22: error: Inside { } and [ ] YAML takes the braces of `${ }` for its own. Put the value in quotes: { x: '${ y }' }.",
    ],
  },
  {
    name: 'an anchor',
    text: `${SAGA}owner: &team order-team
steps: []
`,
    says: ['4:14: error: Anchors (`&`) are not part of the language. Leave it out.'],
  },
  {
    name: 'an alias',
    text: `${SAGA}owner: &team order-team
title: *team
steps: []
`,
    says: [
      '4:14: error: Anchors (`&`) are not part of the language. Leave it out.',
      '5:8: error: Aliases are not part of the language. Write out what `*team` stands for.',
    ],
  },
  {
    name: 'a merge key',
    text: `${SAGA}<<: { owner: order-team }
steps: []
`,
    says: ['4:1: error: Merge keys (`<<`) are not part of the language. Write the entries out.'],
  },
  {
    name: 'a key that stands twice',
    text: `${SAGA}version: 2
steps: []
`,
    says: ['4:1: error: This key stands here twice. Keep one of them.'],
  },
  {
    name: 'a tab as indentation',
    text: sagaOf(`	- end: done`),
    says: ['5:1: error: A tab cannot indent. Use spaces.'],
  },
  {
    name: 'a quote that is not closed',
    text: `${SAGA}title: "Order
steps: []
`,
    says: ['6:1: error: A quote is not closed. Write it at the end of the text, too.'],
  },
  {
    name: 'a number that is too large',
    text: sagaOf(`  - set: account
    value: 12345678901234567890`),
    says: ['6:12: error: This number cannot be kept exactly. Put it in quotes if it is an identifier.'],
  },
  {
    name: 'a key that is no word',
    text: `${SAGA}7: seven
steps: []
`,
    says: ['4:1: error: A key is a word. Put it in quotes if it is meant as text.'],
  },
  {
    name: 'a list as a document',
    text: `- saga: order
`,
    says: [
      '1:1: error: A document is a map. Begin with `saga: <name>`, `participant: <name>` or `namespace: <name>`.',
    ],
  },
  {
    name: 'another version of YAML',
    text: `%YAML 1.1
---
saga: order
version: 1
key: input.orderId
steps: []
`,
    says: ['3:1: error: `%YAML` is not part of the language; leave the line out.'],
  },
];

describe('text that is not the YAML of the language', () => {
  it.each(documents)('explains $name', (document) => {
    expect(errorsOf(document)).toEqual(document.says);
  });
});
