import { describe, expect, it } from '@jest/globals';
import { errorsOf, sagaOf, SAGA, type WrongDocument } from './wrong-document.js';

const documents: readonly WrongDocument[] = [
  {
    name: 'a step that does not say how it is undone',
    text: sagaOf(`  - step: pay
    call: payment.charge
  - step: ship
    call: shipping.send
    pivot: true`),
    says: [
      '5:11: error: Step "pay" does not say how it is undone. Write `compensate: <command>`, or `compensate: { none: <why> }`, or `pivot: true` if everything behind it only goes forward.',
    ],
  },
  {
    name: 'a step whose contract knows how',
    text: sagaOf(`  - step: pay
    call: payment.charge`),
    contracts: true,
    says: [
      '5:11: error: Step "pay" does not say how it is undone. Write `compensate: payment.refund`, or `compensate: { none: <why> }`, or `pivot: true` if everything behind it only goes forward.',
    ],
  },
  {
    name: 'a pivot that is undone',
    text: sagaOf(`  - step: pay
    call: payment.charge
    pivot: true
    compensate: payment.refund`),
    says: [
      '8:5: error: Step "pay" is the pivot, so it is never undone. Say `compensate` or `pivot: true`, not both.',
    ],
  },
  {
    name: 'a compensation behind the pivot',
    text: sagaOf(`  - step: pay
    call: payment.charge
    pivot: true
  - step: ship
    call: shipping.send
    compensate: shipping.stop`),
    says: [
      '10:5: error: Step "ship" stands behind the pivot, where nothing is undone any more. Leave `compensate` out; the step is repeated until it succeeds.',
    ],
  },
  {
    name: 'a second pivot',
    text: sagaOf(`  - step: pay
    call: payment.charge
    pivot: true
  - step: ship
    call: shipping.send
    pivot: true`),
    says: [
      '10:5: error: Step "ship" stands behind the pivot already; at most one pivot can succeed on a path. Leave `pivot` out.',
    ],
  },
  {
    name: 'a pivot that may be the second',
    text: sagaOf(`  - choice: route
    cases: [{ case: paid, if: input.paid, do: [{ step: pay, call: payment.charge, pivot: true }] }]
    else: []
  - step: ship
    call: shipping.send
    pivot: true`),
    says: [
      '10:5: error: Step "ship" may stand behind the pivot already; at most one pivot can succeed on a path. Leave `pivot` out.',
    ],
  },
  {
    name: 'a step on either side',
    text: sagaOf(`  - step: pay
    call: payment.charge
    pivot: true
    if: input.paid
  - step: ship
    call: shipping.send`),
    says: [
      '9:11: error: Step "ship" may stand on either side of the pivot: it needs a `compensate` for the one and handlers for its errors for the other.',
    ],
  },
  {
    name: 'a pivot in a branch',
    text: sagaOf(`  - parallel: both
    branches:
      money: [{ step: pay, call: payment.charge, pivot: true }]`),
    says: [
      '7:50: error: No pivot can stand inside the branches of "both": what runs beside it could not be undone any more. Move step "pay" behind it.',
    ],
  },
  {
    name: 'a pivot where nothing is undone',
    text: `${SAGA}pivot: start
steps:
  - step: pay
    call: payment.charge
    pivot: true
`,
    says: [
      '8:5: error: Step "pay" stands behind the pivot already; at most one pivot can succeed on a path. Leave `pivot` out.',
    ],
  },
  {
    name: 'a compensation for a query',
    text: sagaOf(`  - step: look
    call: inventory.count
    compensate: inventory.release`),
    contracts: true,
    says: [
      '7:5: error: "inventory.count" has no effect by its contract, so there is nothing to undo and no point of no return. Leave this out.',
    ],
  },
  {
    name: 'a command that the contract does not have',
    text: sagaOf(`  - step: hold
    call: inventory.reserv
    pivot: true`),
    contracts: true,
    says: [
      '6:11: error: Participant "inventory" has no command "inventory.reserv" in its contract. Did you mean "inventory.reserve"?',
    ],
  },
  {
    name: 'an undo that the contract does not name',
    text: sagaOf(`  - step: hold
    call: inventory.reserve
    compensate: inventory.note`),
    contracts: true,
    says: [
      '7:17: error: By its contract "inventory.reserve" is undone by "inventory.release", not by "inventory.note". Write `compensate: inventory.release`, or change the contract.',
    ],
  },
  {
    name: 'a question with an effect',
    text: sagaOf(`  - step: hold
    call: inventory.reserve
    verify: inventory.note
    compensate: inventory.release`),
    contracts: true,
    says: [
      '7:13: error: "inventory.note" has an effect by its contract, and a question must have none. Say `effect: none` in the contract, or ask another query.',
    ],
  },
  {
    name: 'a refusal behind the pivot that nobody answers',
    text: sagaOf(`  - step: hold
    call: inventory.reserve
    pivot: true
  - step: pay
    call: payment.charge`),
    contracts: true,
    says: [
      '9:11: error: "card-declined" of "pay" is raised behind the pivot, where it could not be answered by undoing. Handle it with `catch: { card-declined: … }`.',
    ],
  },
  {
    name: 'an error behind the pivot that nobody answers',
    text: sagaOf(`  - step: hold
    call: inventory.reserve
    pivot: true
  - raise: too-late`),
    contracts: true,
    says: [
      '8:12: error: "too-late" is raised behind the pivot, where it could not be answered by undoing. Handle it with `catch: { too-late: … }`.',
    ],
  },
  {
    name: 'an undo that reads an output in doubt',
    text: sagaOf(`  - step: pay
    call: payment.charge
    compensate: { call: payment.refund, with: { id: '\${ self.output.paymentId }' } }`),
    says: [
      '7:57: error: A step in doubt has no output, so its undo could not be built when it is needed. Read self.sent, or give step "pay" a `verify` that answers with the same output.',
    ],
  },
  {
    name: 'an undo that reads an output nobody can supply',
    text: sagaOf(`  - step: hold
    call: inventory.reserve
    compensate: { call: inventory.release, with: { id: '\${ self.output.reservationId }' } }`),
    contracts: true,
    says: [
      '7:60: error: The answer of "inventory.reservation" has another schema than the output of "inventory.reserve", so it cannot stand in for it. Read self.sent.',
    ],
  },
  {
    name: 'a participant that needs a contract',
    text: `namespace: shop
contracts: required
---
saga: order
version: 1
key: input.orderId
steps:
  - step: pay
    call: payment.charge
    pivot: true
`,
    says: [
      '9:11: error: Participant "payment" has no contract, so what it may answer is not known. The namespace asks for one: write a document `participant: payment`.',
    ],
  },
];

describe('a step on the wrong side of the pivot', () => {
  it.each(documents)('explains $name', (document) => {
    expect(errorsOf(document)).toEqual(document.says);
  });
});
