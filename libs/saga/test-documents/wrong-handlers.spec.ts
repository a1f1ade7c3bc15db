import { describe, expect, it } from '@jest/globals';
import { errorsOf, sagaOf, SAGA, type WrongDocument } from './wrong-document.js';

const documents: readonly WrongDocument[] = [
  {
    name: 'a catch for an error nobody raises',
    text: sagaOf(`  - step: pay
    call: payment.charge
    pivot: true
    catch: { card-declind: incident }`),
    contracts: true,
    says: [
      '8:14: error: Nothing in here raises "card-declind", so this handler would never run. Did you mean "card-declined"?',
    ],
  },
  {
    name: 'a catch for everything',
    text: sagaOf(`  - step: pay
    call: payment.charge
    pivot: true
    catch: { "*": incident }`),
    says: [
      '8:19: error: There is no handler for everything. Name the errors: `rejected` is any refusal, `failed` gave up, `unknown` may have been done.',
    ],
  },
  {
    name: 'an error that nothing in the block raises',
    text: sagaOf(`  - step: pay
    call: payment.charge
    pivot: true
    catch: { stale: incident }`),
    says: ['8:14: error: Nothing in here raises "stale", so this handler would never run.'],
  },
  {
    name: 'a way on that does not exist',
    text: sagaOf(`  - step: pay
    call: payment.charge
    pivot: true
    catch: { failed: ignore }`),
    says: [
      '8:22: error: Expected one of `continue`, `retry`, `compensate`, `incident`, and this is "ignore".',
    ],
  },
  {
    name: 'a time out without a timeout',
    text: sagaOf(`  - group: both
    do: [{ step: pay, call: payment.charge, pivot: true }]
    catch: { timed-out: incident }`),
    says: ['7:14: error: Nothing in here raises "timed-out", so this handler would never run.'],
  },
  {
    name: 'a continue that leaves open what is undone',
    text: sagaOf(`  - group: both
    do: [{ step: pay, call: payment.charge, compensate: payment.refund }]
    catch: { rejected: continue }`),
    says: [
      '7:14: error: Say what happens to what was done inside before "rejected": `undo: true` undoes it before the handler runs, `undo: false` keeps it. It has to be said with continue.',
    ],
  },
  {
    name: 'a retry that leaves open what is undone',
    text: sagaOf(`  - group: both
    do: [{ step: pay, call: payment.charge, compensate: payment.refund }]
    catch: { rejected: { then: retry } }`),
    says: [
      '7:14: error: Say what happens to what was done inside before "rejected": `undo: true` undoes it before the handler runs, `undo: false` keeps it. It has to be said with retry.',
    ],
  },
  {
    name: 'an end that leaves open what is undone',
    text: sagaOf(`  - group: both
    do: [{ step: pay, call: payment.charge, compensate: payment.refund }]
    catch: { rejected: [{ end: refused }] }`),
    says: [
      '7:14: error: Say what happens to what was done inside before "rejected": `undo: true` undoes it before the handler runs, `undo: false` keeps it. It has to be said with end.',
    ],
  },
  {
    name: 'a saga that goes on with everything done',
    text: `${SAGA}catch: { rejected: [{ end: refused }] }
steps:
  - step: pay
    call: payment.charge
    compensate: payment.refund
`,
    says: [
      '4:10: error: Say what happens to what was done inside before "rejected": `undo: true` undoes it before the handler runs, `undo: false` keeps it. It has to be said with end.',
    ],
  },
  {
    name: 'an undo where everything is undone anyway',
    text: sagaOf(`  - group: both
    do: [{ step: pay, call: payment.charge, compensate: payment.refund }]
    catch: { rejected: { then: compensate, undo: true } }`),
    says: [
      '7:44: error: `undo` goes with continue, retry and end: `then: compensate` decides by itself what is undone. Leave it out.',
    ],
  },
  {
    name: 'a number of times without a retry',
    text: sagaOf(`  - step: pay
    call: payment.charge
    pivot: true
    catch: { rejected: { then: incident, times: 2 } }`),
    says: [
      '8:42: error: `times` says how often `then: retry` begins again. Leave it out, or write `then: retry`.',
    ],
  },
  {
    name: 'an output that nobody reads',
    text: sagaOf(`  - step: pay
    call: payment.charge
    pivot: true
    catch: { rejected: { then: incident, output: 5 } }`),
    says: [
      '8:42: error: `output` stands in for the output of a block that goes on, and this one does not. Leave it out.',
    ],
  },
  {
    name: 'a way on behind an end',
    text: sagaOf(`  - step: pay
    call: payment.charge
    pivot: true
    catch: { rejected: { do: [{ end: refused }], then: continue } }`),
    says: ['8:50: error: `then` is never reached: the `do` before it ends or raises. Leave it out.'],
  },
  {
    name: 'an undo behind the pivot',
    text: sagaOf(`  - step: hold
    call: inventory.reserve
    pivot: true
  - step: pay
    call: payment.charge
    catch: { card-declined: compensate }`),
    contracts: true,
    says: [
      '10:29: error: "card-declined" comes from behind the pivot, where nothing is undone any more. Write `then: incident`, or handle it and go on.',
    ],
  },
  {
    name: 'a savepoint behind the pivot',
    text: sagaOf(`  - step: hold
    call: inventory.reserve
    pivot: true
  - group: later
    do: [{ step: pay, call: payment.charge }]
    catch: { card-declined: { undo: true, then: retry } }`),
    contracts: true,
    says: [
      '10:31: error: "card-declined" comes from behind the pivot, where nothing is undone any more. Write `undo: false`.',
    ],
  },
  {
    name: 'a key of a handler with a typo',
    text: sagaOf(`  - step: pay
    call: payment.charge
    pivot: true
    catch: { rejected: { than: retry } }`),
    says: ['8:26: error: A handler has no key `than`. Did you mean "then"?'],
  },
  {
    name: 'a value that a handler may not have made',
    text: sagaOf(`  - step: pay
    call: payment.charge
    compensate: payment.refund
    catch: { rejected: { do: [{ set: excuse, value: 1 }] } }
  - set: reason
    value: \${ steps.excuse.output }`),
    says: [
      '10:15: error: Block "excuse" may not have run here; write steps.?excuse. … .orValue(<default>), or ask has(steps.excuse) first.',
    ],
  },
  {
    name: 'an output of a refused step',
    text: sagaOf(`  - step: pay
    call: payment.charge
    compensate: payment.refund
    catch: { rejected: continue }
  - set: paid
    value: \${ steps.pay.output.amount }`),
    says: ['10:15: error: This may not be there; say what counts then: … .orValue(<default>).'],
  },
];

describe('a handler with a mistake', () => {
  it.each(documents)('explains $name', (document) => {
    expect(errorsOf(document)).toEqual(document.says);
  });
});
