import { describe, expect, it } from '@jest/globals';
import { resolveSettings } from '../src/resolved/resolve-settings.js';

const SHARED = `namespace: shop
timeout: 7d
defaults:
  step: { timeout: { after: 40s } }
policies:
  retry:
    patient:
      attempts: 6
      delay: 3s
---
participant: payment
timeout: { accepted: 5m }
commands:
  charge:
    verify: payment.status
    undoneBy: payment.refund
    retry: patient
  refund: {}
  status: { effect: none }
`;
const ORDER = `saga: order
version: 1
key: input.orderId
defaults:
  step:
    retry: { jitter: 10% }
steps:
  - step: pay
    call: payment.charge
    compensate: payment.refund
    retry:
      delay: 9s
  - group: ending
    do:
      - step: ship
        call: shipping.arrange
        pivot: true
      - step: tell
        call: mail.send
  - parallel: news
    tolerate: 1
    branches:
      one: [{ step: first, call: mail.send }]
      two: [{ step: second, call: mail.send }]
`;

const [order] = resolveSettings([
  { file: 'shared.yaml', text: SHARED },
  { file: 'order.yaml', text: ORDER },
]);

function found(block: string, key: string): readonly unknown[] {
  return order!.values
    .filter((value) => value.block === block && value.key === key)
    .map(({ value, from, origin }) => [value, from, origin]);
}

describe('the settings of a saga, resolved', () => {
  it.each([
    ['what a block says', 'pay', 'retry.delay', '9s', 'block', 'order.yaml:12'],
    [
      'a policy that a contract names',
      'pay',
      'retry.attempts',
      6,
      'policy patient of namespace shop',
      'shared.yaml:8',
    ],
    ['defaults of the saga', 'pay', 'retry.jitter', '10%', 'defaults of saga', 'order.yaml:6'],
    [
      'defaults of the namespace',
      'pay',
      'timeout.after',
      '40s',
      'defaults of namespace shop',
      'shared.yaml:4',
    ],
    ['the participant', 'pay', 'timeout.accepted', '5m', 'participant payment', 'shared.yaml:12'],
    ['the contract', 'pay', 'verify', 'payment.status', 'contract of payment.charge', 'shared.yaml:15'],
    ['the undoing', 'pay', 'undo.timeout.accepted', '5m', 'participant payment', 'shared.yaml:12'],
    ['what nobody says', 'pay', 'retry.maxDelay', '1m', 'built in', undefined],
    ['what follows from the pivot', 'tell', 'retry.attempts', 'forever', 'behind the pivot', undefined],
    ['what is only written', 'ship', 'pivot', true, 'block', 'order.yaml:17'],
    ['the time of the saga', '', 'timeout', '7d', 'namespace shop', 'shared.yaml:2'],
    ['how branches join', 'news', 'join', 'all', 'built in', undefined],
    ['that branches settle first', 'news', 'failFast', false, 'built in', undefined],
    ['what becomes of the rest', 'news', 'rest', 'stop', 'built in', undefined],
    ['how many may be missing', 'news', 'tolerate', 1, 'block', 'order.yaml:21'],
    ['what is done in doubt', 'pay', 'ifUnknown', 'verify', 'built in', undefined],
  ] as const)('name %s', (_, block, key, value, from, origin) => {
    expect(found(block, key)).toEqual([[value, from, origin]]);
  });

  it('leave no setting out', () => {
    const keys = order!.values.filter(({ block }) => block === 'pay').map(({ key }) => key);

    expect(keys).toEqual(
      expect.arrayContaining([
        'call',
        'compensate',
        'retry.factor',
        'undo.retry.attempts',
        'undo.timeout.after',
      ]),
    );
  });
});
