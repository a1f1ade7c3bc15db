import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { runTests } from '../src/trial/run-tests.js';
import { errorsOf, type WrongDocument } from './wrong-document.js';

const contract = `participant: oms
commands:
  cancel:
    input: { type: object, required: [orderId], properties: { orderId: { type: string } } }
    timeout: 1d
    answeredBy: { event: oms.exported, key: self.sent.orderId, match: "data.state == 'cancelled'", output: '\${ data }' }
  reopen:
    answeredBy: { event: oms.exported }
  state:
    effect: none
    answeredBy: { event: oms.exported }
events:
  oms.exported: { key: data.orderId }
---
`;

const cancelling = `${contract}saga: cancelling
version: 1
key: input.orderId
steps:
  - step: cancel
    call: oms.cancel
    compensate: { do: [{ step: reopen, call: oms.reopen }] }
  - step: tell
    call: mail.send
    with: { exportedAt: '\${ steps.cancel.output.at }' }
    pivot: true
---
tests: cancelling
version: 1
given: { start: { input: { orderId: o-1 } } }
cases:
  - test: the export at midnight is the answer
    when: { cancel: { silent: done }, oms.exported: { after: 9h, data: { orderId: o-1, state: cancelled, at: midnight } } }
    then: { outcome: completed, after: 9h, data: { mail.send: { exportedAt: midnight } }, effects: { oms.cancel: 1 } }
  - test: what came of it is undone by what an event answers too
    when:
      cancel: { silent: done }
      oms.exported: { after: 9h, data: { orderId: o-1, state: cancelled, at: midnight } }
      tell: { rejected: no-address }
    then: { outcome: compensated, sent: [oms.cancel, mail.send, oms.reopen] }
`;

describe('a saga with a participant that only publishes events', () => {
  it('behaves as its tests say', () => {
    const { tests, problems } = compileDefinitions([{ file: 'cancelling.yaml', text: cancelling }]);
    expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);

    const reports = tests.flatMap((suite) => runTests(suite).cases);

    expect(reports.map(({ name, mismatches }) => [name, mismatches])).toEqual([
      ['the export at midnight is the answer', []],
      ['what came of it is undone by what an event answers too', []],
    ]);
  });
});

const documents: readonly WrongDocument[] = [
  {
    name: 'an undo that only an event answers',
    text: `${contract}saga: wrong
version: 1
key: input.orderId
steps:
  - step: cancel
    call: oms.cancel
    compensate: oms.reopen
  - step: tell
    call: mail.send
    pivot: true
`,
    says: [
      '21:17: error: "oms.reopen" is answered by the event oms.exported, and only a step can wait for that. Write `compensate: { do: [{ step: …, call: … }] }`.',
    ],
  },
  {
    name: 'a question that only an event answers',
    text: `${contract}saga: wrong
version: 1
key: input.orderId
steps:
  - step: tell
    call: mail.send
    verify: oms.state
    pivot: true
`,
    says: [
      '21:13: error: "oms.state" is answered by the event oms.exported, and only a step can wait for that. Write a query that replies.',
    ],
  },
  {
    name: 'a confirmation of what is answered by an event',
    text: `${contract}saga: wrong
version: 1
key: input.orderId
steps:
  - step: cancel
    call: oms.cancel
    confirm: { event: oms.exported, within: 1d }
    pivot: true
`,
    says: [
      '21:14: error: "oms.cancel" is answered by the event oms.exported, so there is no reply to confirm. Leave `confirm` out of step "cancel".',
    ],
  },
];

describe('what an event cannot answer', () => {
  it.each(documents)('$name', (document) => {
    expect(errorsOf(document)).toEqual(document.says);
  });
});
