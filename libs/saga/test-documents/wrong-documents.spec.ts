import { describe, expect, it } from '@jest/globals';
import { errorsOf, SAGA, type WrongDocument } from './wrong-document.js';

const documents: readonly WrongDocument[] = [
  {
    name: 'a document that does not say what it is',
    text: `version: 1
steps: []
`,
    says: [
      '1:1: error: This document does not say what it is. Begin it with `saga: <name>`, `participant: <name>` or `namespace: <name>`.',
    ],
  },
  {
    name: 'a head with a typo',
    text: `sage: order
version: 1
`,
    says: [
      '1:1: error: This document does not say what it is. Begin it with `saga: <name>`, `participant: <name>` or `namespace: <name>`. Did you mean "saga"?',
    ],
  },
  {
    name: 'two heads',
    text: `saga: order
namespace: shop
version: 1
key: input.id
steps: []
`,
    says: [
      '2:1: error: A document has one head, and this one has saga and namespace. Put `---` between two documents.',
    ],
  },
  {
    name: 'a release that is a saga otherwise',
    text: `release: notify
version: 1
steps: []
`,
    says: [
      '1:1: error: `reason` is missing: say why, it is kept.',
      '2:1: error: A release has no key `version`. Known here: reason, release, toggles.',
      '3:1: error: A release has no key `steps`. Known here: reason, release, toggles.',
    ],
  },
  {
    name: 'nothing but a name',
    text: `saga: order
`,
    says: [
      '1:1: error: `version` is missing: write `version: 1`.',
      '1:1: error: `key` is missing: say which business key an instance has, such as `key: input.orderId`.',
      '1:1: error: `steps` is missing: the list of blocks.',
    ],
  },
  {
    name: 'a version that is no number',
    text: `saga: order
version: one
key: input.id
steps: []
`,
    says: ['2:10: error: Expected a whole number from 1, and this is "one".'],
  },
  {
    name: 'a name in camelCase',
    text: `saga: orderFulfilment
version: 1
key: input.id
steps: []
`,
    says: [
      '1:7: error: The name of a saga is written in kebab-case such as out-of-stock: "orderFulfilment" is not. Write "order-fulfilment".',
    ],
  },
  {
    name: 'a key with a typo',
    text: `${SAGA}trigers: []
steps: []
`,
    says: ['4:1: error: A saga has no key `trigers`. Did you mean "triggers"?'],
  },
  {
    name: 'a duration in words',
    text: `${SAGA}timeout: 30 minutes
steps: []
`,
    says: [
      '4:10: error: Expected a duration such as 200ms, 30s, 5m, 1h30m or 7d, and this is "30 minutes". Write 30m.',
    ],
  },
  {
    name: 'a pivot that is not the start',
    text: `${SAGA}pivot: true
steps: []
`,
    says: ['4:8: error: Expected `start`, and this is true.'],
  },
  {
    name: 'steps as a map',
    text: `${SAGA}steps: { pay: payment.charge }
`,
    says: ['4:8: error: Expected a list of blocks, each with "- " in front, and this is a map.'],
  },
  {
    name: 'an event without an owner',
    text: `${SAGA}triggers: [{ event: order-placed }]
steps: []
`,
    says: [
      '4:21: error: An event is written with its owner in front, such as shop.order.placed: "order-placed" is not.',
    ],
  },
  {
    name: 'a gate that cannot be true or false',
    text: `${SAGA}triggers:
  - event: shop.order.placed
    gates: { has-value: data.total + 1 }
steps: []
`,
    says: ['6:25: error: A condition is true or false, and this is a number.'],
  },
  {
    name: 'a gate over the input',
    text: `${SAGA}triggers:
  - event: shop.order.placed
    gates: { has-value: input.total > 0 }
steps: []
`,
    says: ['6:25: error: There is no "input" here. Known here: data, event, now.'],
  },
  {
    name: 'a key over something else than the input',
    text: `saga: order
version: 1
key: data.orderId
steps: []
`,
    says: ['3:6: error: There is no "data" here. Known here: input.'],
  },
  {
    name: 'an outcome that does not exist',
    text: `${SAGA}outcomes: { failed: { emit: shop.order.failed } }
steps: []
`,
    says: ['4:13: error: `outcomes` has no key `failed`. Known here: cancelled, compensated, completed.'],
  },
  {
    name: 'the failure of a completed saga',
    text: `${SAGA}outcomes:
  completed: { emit: shop.order.done, with: { why: '\${ failure.error }' } }
steps: []
`,
    says: ['5:56: error: There is no "failure" here. Known here: input, now, saga, toggles.'],
  },
  {
    name: 'a schema file that was not handed in',
    text: `${SAGA}input: schemas/order.json
steps: []
`,
    says: ['4:8: error: The file "schemas/order.json" was not found.'],
  },
  {
    name: 'a retry policy without a name anywhere',
    text: `${SAGA}defaults: { step: { retry: standard } }
steps:
  - step: pay
    call: payment.charge
    pivot: true
`,
    says: [
      '4:28: error: There is no retry policy "standard". Name it under `policies.retry` of the namespace.',
    ],
  },
  {
    name: 'a default that every block has to say itself',
    text: `${SAGA}defaults: { wait: { event: shop.order.paid } }
steps: []
`,
    says: ['4:21: error: `defaults.wait` has no key `event`. Known here: early, timeout.'],
  },
  {
    name: 'the same version twice',
    text: `${SAGA}steps: []
---
${SAGA}steps: []
`,
    says: ['7:10: error: Version 1 of saga "order" is written twice. Give this one another version.'],
  },
  {
    name: 'a toggle without a default',
    text: `${SAGA}toggles: { fastLane: {} }
steps: []
`,
    says: ['4:22: error: `default` is missing: true or false.'],
  },
  {
    name: 'a share without a percent sign',
    text: `namespace: shop
policies: { retry: { calm: { jitter: 0.2 } } }
`,
    says: ['2:38: error: Expected a share such as 20%, and this is 0.2.'],
  },
];

describe('a document with a mistake', () => {
  it.each(documents)('explains $name', (document) => {
    expect(errorsOf(document)).toEqual(document.says);
  });
});
