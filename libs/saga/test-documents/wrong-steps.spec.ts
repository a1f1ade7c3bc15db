import { describe, expect, it } from '@jest/globals';
import { errorsOf, sagaOf, type WrongDocument } from './wrong-document.js';

const documents: readonly WrongDocument[] = [
  {
    name: 'a step without a command',
    text: sagaOf(`  - step: pay
    pivot: true`),
    says: ['5:5: error: `call` is missing: name the command, such as `call: inventory.reserve`.'],
  },
  {
    name: 'a command without a participant',
    text: sagaOf(`  - step: pay
    call: charge
    pivot: true`),
    says: [
      '6:11: error: A command is written with its owner in front, such as inventory.reserve: "charge" is not.',
    ],
  },
  {
    name: 'a key of a step with a typo',
    text: sagaOf(`  - step: pay
    call: payment.charge
    compensat: payment.refund`),
    says: ['7:5: error: A step has no key `compensat`. Did you mean "compensate"?'],
  },
  {
    name: 'data that is no map',
    text: sagaOf(`  - step: pay
    call: payment.charge
    pivot: true
    with: [1, 2]`),
    says: ['8:11: error: Expected a map of values, and this is a list.'],
  },
  {
    name: 'a compensation that says nothing',
    text: sagaOf(`  - step: pay
    call: payment.charge
    compensate: {}`),
    says: [
      '7:17: error: `call` is missing: name the command that undoes it, or say `do: [...]` for more than one, or `none: <why>`.',
    ],
  },
  {
    name: 'a compensation that says both',
    text: sagaOf(`  - step: pay
    call: payment.charge
    compensate: { call: payment.refund, none: no need }`),
    says: [
      '7:41: error: A compensation calls a command, or runs blocks, or says why there is none. Keep one of `call`, `do` and `none`.',
    ],
  },
  {
    name: 'no attempt at all',
    text: sagaOf(`  - step: pay
    call: payment.charge
    pivot: true
    retry: { attempts: 0 }`),
    says: ['8:24: error: Expected a whole number from 1, and this is 0.'],
  },
  {
    name: 'an attempt that is a word',
    text: sagaOf(`  - step: pay
    call: payment.charge
    pivot: true
    retry: { attempts: always }`),
    says: ['8:24: error: Expected `forever`, and this is "always".'],
  },
  {
    name: 'nobody to ask in doubt',
    text: sagaOf(`  - step: pay
    call: payment.charge
    pivot: true
    ifUnknown: verify`),
    says: [
      '8:16: error: Step "pay" has no query to ask. Write `verify: <query>`, or choose retry, wait, undo or incident.',
    ],
  },
  {
    name: 'an undo in doubt that does not exist',
    text: sagaOf(`  - step: pay
    call: payment.charge
    pivot: true
    ifUnknown: undo`),
    says: [
      '8:16: error: Step "pay" has no `compensate`, so it cannot be undone in doubt. Choose verify, retry, wait or incident.',
    ],
  },
  {
    name: 'a doubt with a typo',
    text: sagaOf(`  - step: pay
    call: payment.charge
    pivot: true
    ifUnknown: verfy`),
    says: [
      '8:16: error: Expected one of `verify`, `retry`, `wait`, `undo`, `incident`, and this is "verfy". Did you mean "verify"?',
    ],
  },
  {
    name: 'data with a field the command does not take',
    text: sagaOf(`  - step: hold
    call: inventory.adjust
    with: { sku: a, amout: 5, amount: 1 }
    pivot: true`),
    contracts: true,
    says: ['7:21: error: "inventory.adjust" takes no field "amout". Did you mean "amount"?'],
  },
  {
    name: 'data without a field the command needs',
    text: sagaOf(`  - step: hold
    call: inventory.adjust
    with: { sku: a }
    pivot: true`),
    contracts: true,
    says: ['7:5: error: "inventory.adjust" also needs "amount".'],
  },
  {
    name: 'an input without a field the command needs',
    text: `saga: order
version: 1
key: input.sku
input: { type: object, properties: { sku: { type: string } } }
steps:
  - step: hold
    call: inventory.adjust
    pivot: true
`,
    contracts: true,
    says: [
      '7:11: error: "inventory.adjust" needs "amount", which the saga\'s input does not have. Say the data under `with`.',
    ],
  },
  {
    name: 'a retry policy with a typo',
    text: `namespace: shop
policies: { retry: { patient: { attempts: 5 } } }
---
saga: order
version: 1
key: input.orderId
steps:
  - step: pay
    call: payment.charge
    pivot: true
    retry: patint
`,
    says: ['11:12: error: There is no retry policy "patint". Did you mean "patient"?'],
  },
];

describe('a step with a mistake', () => {
  it.each(documents)('explains $name', (document) => {
    expect(errorsOf(document)).toEqual(document.says);
  });
});
