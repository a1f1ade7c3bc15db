import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { formatProblem } from '../src/document/problem.js';

const ORDER = `saga: order
version: 1
owner: orders
key: input.id
triggers: [{ event: shop.placed }]
steps:
  - task: approve
    due: 1d
    to: { role: clerk }
    escalate: [{ after: 1d, to: { role: lead } }]
    answers: { approve: [], deny: { adverse: true, needs: [reason] } }
  - decide: price
    table: prices
  - step: charge
    call: payment.charge
    confirm: { event: payment.booked, within: 1d }
    pivot: true
`;
const OTHERS = `decision: prices
version: 1
owner: sales
hit: first
inputs: {}
rules: [{ rule: any-price, if: true, output: 5 }]
---
participant: payment
owner: money
commands: { charge: {} }
events: { payment.booked: { key: data.id } }
---
participant: shop
owner: shop-it
events: { shop.placed: { key: data.id } }
`;

function errorsIn(namespace: string, order = ORDER, others = OTHERS): readonly string[] {
  const { problems } = compileDefinitions([
    {
      file: 'n.yaml',
      text: `namespace: shop\nroles: { clerk: { authority: 1 }, lead: { authority: 2 } }\n${namespace}`,
    },
    { file: 'order.yaml', text: order },
    { file: 'others.yaml', text: others },
  ]);
  return problems.filter(({ severity }) => severity === 'error').map(formatProblem);
}

describe('a namespace in production', () => {
  const strict = 'profile: production\n';

  it('accepts what is whole', () => {
    expect(errorsIn(strict)).toEqual([]);
  });

  it.each([
    [
      'a participant without a contract',
      ORDER.replace('payment.charge', 'bank.charge'),
      OTHERS,
      'order.yaml:15:11: error: Participant "bank" has no contract, so what it may answer is not known. The namespace asks for one: write a document `participant: bank`.',
    ],
    [
      'a participant nobody answers for',
      ORDER,
      OTHERS.replace('owner: money\n', ''),
      'others.yaml:8:14: error: The participant "payment" has no `owner`, and the namespace asks for one: say who answers for what it does and tells.',
    ],
    [
      'a table nobody answers for',
      ORDER,
      OTHERS.replace('owner: sales\n', ''),
      'others.yaml:1:11: error: The decision "prices" has no `owner`, and the namespace asks for one: say who answers for what it decides.',
    ],
    [
      'a saga nobody answers for',
      ORDER.replace('owner: orders\n', ''),
      OTHERS,
      'order.yaml:1:7: error: The saga "order" has no `owner`, and the namespace asks for one: say who answers for it.',
    ],
    [
      'a signal nobody answers for',
      ORDER.replace('shop.placed', 'web.placed'),
      OTHERS,
      'order.yaml:5:21: error: No participant declares the event "web.placed", so nobody answers for it. Its owner says in its contract: `events: { web.placed: { key: data.<field> } }`.',
    ],
    [
      'a participant that is called in the open',
      ORDER,
      OTHERS.replace(
        'commands: { charge: {} }',
        "http: { base: 'http://bank.example' }\ncommands: { charge: { http: POST /charges } }",
      ),
      'others.yaml:10:15: error: What is said to "payment" could be read on the way, and the namespace does not allow that. Give an address with `https`.',
    ],
    [
      'a question without a time',
      ORDER.replace('    due: 1d\n', ''),
      OTHERS,
      'order.yaml:7:5: error: This task does not say how soon it should be answered. Write `due: <duration>`, here or under `defaults.task`.',
    ],
  ])('refuses %s', (_, order, others, says) => {
    expect(errorsIn(strict, order, others)).toEqual([says]);
    expect(errorsIn('', order, others)).toEqual([]);
  });

  it('demands a part of it only where that is said', () => {
    const [order, others] = [ORDER.replace('    due: 1d\n', ''), OTHERS.replace('owner: sales\n', '')];

    expect(errorsIn('owners: required\n', order, others)).toEqual([expect.stringContaining('"prices"')]);
    expect(errorsIn(`${strict}owners: optional\n`, ORDER, others)).toEqual([]);
  });

  it('takes the owner of the namespace for sagas that name none', () => {
    expect(errorsIn(`${strict}owner: shop-it\n`, ORDER.replace('owner: orders\n', ''))).toEqual([]);
  });
});
