import { describe, expect, it } from '@jest/globals';
import { tested, testedOne } from './tested-order.fixture.js';

describe('a case of a tests document', () => {
  it.each([
    [
      'sees every command succeed',
      '{ test: a, then: { outcome: completed, sent: [inventory.reserve, payment.charge, shipping.arrange], undone: [], never: [insurance.insure] } }',
    ],
    [
      'sees an example of the contract as the answer',
      '{ test: a, then: { data: { shop.order.fulfilled: { code: T1 } }, outputs: { chargeCard: { amount: 5 } } } }',
    ],
    [
      'lays what it says over the example',
      '{ test: a, when: { arrangeShipping: { succeeded: { code: T9 } } }, then: { data: { shop.order.fulfilled: { code: T9 } } } }',
    ],
    [
      'sees everything undone',
      '{ test: a, when: { chargeCard: { rejected: card-declined } }, then: { outcome: compensated, failure: card-declined, undone: [inventory.release], paths: [chargeCard.card-declined] } }',
    ],
    [
      'sees a list entry for each round',
      '{ test: a, when: { reserveStock: [{ rejected: out-of-stock }] }, then: { outcome: completed, after: 1d, paths: [reserveStock.out-of-stock], effects: { inventory.reserve: 1 } } }',
    ],
    [
      'sees the same every time where there is no list',
      '{ test: a, when: { reserveStock: { rejected: out-of-stock } }, then: { outcome: compensated, failure: out-of-stock, undone: [] } }',
    ],
    [
      'sees three failures',
      '{ test: a, when: { chargeCard: { failed: 2 } }, then: { outcome: completed, after: 3s, effects: { payment.charge: 1 } } }',
    ],
    [
      'sees a participant give up',
      '{ test: a, when: { chargeCard: { failed: forever } }, then: { outcome: compensated, failure: failed, undone: [inventory.release] } }',
    ],
    [
      'sees what was done though nothing was heard',
      '{ test: a, when: { chargeCard: { silent: done } }, then: { outcome: completed, after: 10s, sent: [payment.charge, payment.charge-status], effects: { payment.charge: 1 } } }',
    ],
    [
      'sees what was lost on the way',
      '{ test: a, when: { chargeCard: [silent] }, then: { outcome: completed, sent: [payment.charge, payment.charge-status, payment.charge], effects: { payment.charge: 1 } } }',
    ],
    [
      'sees a late answer',
      '{ test: a, when: { chargeCard: { late: 4s } }, then: { outcome: completed, after: 4s, effects: { payment.charge: 1 } } }',
    ],
    [
      'sees when each thing left',
      '{ test: a, when: { reserveStock: { late: 2s }, chargeCard: { late: 4s } }, then: { after: 6s, at: { inventory.reserve: 0s, payment.charge: 2s, shop.order.fulfilled: 6s } } }',
    ],
    [
      'sees each time that something left',
      '{ test: a, when: { chargeCard: { failed: 2 } }, then: { at: { payment.charge: [0s, 1s, 3s], inventory.reserve: [0s], payment.refund: [] } } }',
    ],
    [
      'sees when something left last',
      '{ test: a, when: { chargeCard: { failed: 2 } }, then: { at: { payment.charge: 3s } } }',
    ],
    [
      'sees times in a range, its bounds included',
      '{ test: a, when: { chargeCard: { failed: 2 } }, then: { after: 3s to 1m, at: { payment.charge: [0s, 500ms to 1s, 2s to 4s] } } }',
    ],
    [
      'sees times as exactly as they are written',
      '{ test: a, when: { reserveStock: { late: 90s } }, then: { after: 1m, at: { payment.charge: 1m30s } } }',
    ],
    [
      'sees work that was accepted',
      '{ test: a, when: { chargeCard: { accepted: { after: 3m, succeeded: { amount: 7 } } } }, then: { outcome: completed, after: 3m, outputs: { chargeCard: { amount: 7 } } } }',
    ],
    [
      'sees work that was accepted and refused',
      '{ test: a, when: { chargeCard: { accepted: { after: 3m, rejected: card-declined } } }, then: { outcome: compensated, after: 3m, effects: { payment.charge: 0 } } }',
    ],
    [
      'sees what an undo meets, by its command',
      '{ test: a, when: { chargeCard: { rejected: card-declined }, inventory.release: { failed: 1 } }, then: { outcome: compensated, effects: { inventory.release: 1 } } }',
    ],
    [
      'sees an early end',
      '{ test: a, when: { arrangeShipping: { rejected: no-carrier } }, then: { outcome: completed, result: fetched, told: [shop.order.fulfilled] } }',
    ],
    [
      'sees an incident',
      '{ test: a, when: { chargeCard: { rejected: card-declined }, inventory.release: { rejected: locked-up } }, then: { outcome: compensating, incident: reserveStock } }',
    ],
    [
      'starts with data of its own',
      '{ test: a, given: { start: { data: { total: 2000 } } }, then: { sent: [insurance.insure], data: { payment.charge: { amount: 2000, orderId: o-1 } } } }',
    ],
    [
      'is kept out by a gate',
      '{ test: a, given: { start: { data: { total: 0 } } }, then: { outcome: not-started, gates: [has-a-value] } }',
    ],
    [
      'is not changed by a crash',
      '{ test: a, when: { crash: at every input }, then: { outcome: completed, effects: { payment.charge: 1 } } }',
    ],
    [
      'is not changed by a crash in doubt',
      '{ test: a, when: { crash: at every input, chargeCard: [silent, { failed: 1 }, { silent: done }] }, then: { outcome: completed, effects: { payment.charge: 1 } } }',
    ],
  ])('%s', (_what, text) => {
    expect(testedOne(text)).toMatchObject({ mismatches: [], isPassed: true });
  });

  it.each([
    ['{ test: a, then: { outcome: compensated } }', 'outcome', 'completed'],
    [
      '{ test: a, then: { sent: [payment.charge, inventory.reserve] } }',
      'sent',
      ['inventory.reserve', 'payment.charge', 'shipping.arrange'],
    ],
    ['{ test: a, then: { never: [payment.charge] } }', 'never', ['payment.charge']],
    [
      '{ test: a, when: { chargeCard: { rejected: card-declined } }, then: { undone: [] } }',
      'undone',
      ['inventory.release'],
    ],
    [
      '{ test: a, when: { chargeCard: { rejected: card-declined } }, then: { undone: [payment.refund] } }',
      'undone',
      ['inventory.release'],
    ],
    ['{ test: a, then: { after: 2s } }', 'after', '0s'],
    ['{ test: a, then: { paths: [chargeCard.card-declined] } }', 'paths', []],
    ['{ test: a, then: { effects: { payment.refund: 1 } } }', 'effects', { 'payment.refund': 0 }],
    [
      '{ test: a, then: { data: { payment.charge: { amount: 1 } } } }',
      'data',
      { 'payment.charge': { orderId: 'o-1', amount: 100 } },
    ],
    ['{ test: a, then: { result: fetched } }', 'result', null],
    ['{ test: a, then: { incident: chargeCard } }', 'incident', []],
    [
      '{ test: a, then: { outputs: { chargeCard: { amount: 6 } } } }',
      'outputs',
      { chargeCard: { chargeId: 'text', amount: 5 } },
    ],
    ['{ test: a, then: { told: [] } }', 'told', ['shop.order.fulfilled']],
    ['{ test: a, then: { gates: [has-a-value] } }', 'gates', []],
    ['{ test: a, then: { failure: card-declined } }', 'failure', null],
    ['{ test: a, when: { reserveStock: { late: 61s } }, then: { after: 62s to 2m } }', 'after', '1m1s'],
    [
      '{ test: a, when: { chargeCard: { failed: 1 } }, then: { at: { payment.charge: 0s } } }',
      'at',
      { 'payment.charge': ['0s', '1s'] },
    ],
    ['{ test: a, then: { at: { payment.charge: 1ms to 1s } } }', 'at', { 'payment.charge': ['0s'] }],
    ['{ test: a, then: { at: { payment.charge: [0s, 0s] } } }', 'at', { 'payment.charge': ['0s'] }],
    ['{ test: a, then: { at: { payment.refund: 5m } } }', 'at', { 'payment.refund': [] }],
  ])('fails: %s', (text, key, actual) => {
    expect(testedOne(text).mismatches).toMatchObject([{ key, actual }]);
  });

  it('is compared with another one', () => {
    const report = tested(
      '  - { test: plain, then: { outcome: completed } }\n  - { test: doubled, when: { chargeCard: { silent: done } }, then: { sameAs: plain } }\n  - { test: other, when: { arrangeShipping: { rejected: no-carrier } }, then: { sameAs: plain } }',
    );

    expect(report.cases.map(({ isPassed }) => isPassed)).toEqual([true, true, false]);
    expect(report.cases[2]!.mismatches).toMatchObject([
      { key: 'sameAs', expected: { result: null }, actual: { result: 'fetched' } },
    ]);
  });

  it('tells of several claims of a kind only what does not hold, and where that stands', () => {
    const { mismatches } = testedOne(
      '{ test: a, then: { at: { inventory.reserve: 0s, payment.charge: 5m, shipping.arrange: 0s } } }',
    );

    expect(mismatches).toEqual([
      {
        key: 'at',
        expected: { 'payment.charge': '5m' },
        actual: { 'payment.charge': ['0s'] },
        place: { file: 'order.tests.yaml', line: 5, column: 69 },
      },
    ]);
  });

  it('tells where its claim stands and what happened', () => {
    const { mismatches, timeline } = testedOne(
      '{ test: a, when: { chargeCard: { rejected: card-declined } }, then: { outcome: completed } }',
    );

    expect(mismatches).toMatchObject([{ place: { file: 'order.tests.yaml', line: 5 } }]);
    expect(timeline.map(({ text }) => text)).toEqual([
      'started',
      'inventory.reserve (reserveStock)',
      'reserveStock succeeded',
      'payment.charge (chargeCard)',
      'chargeCard rejected card-declined',
      'chargeCard.card-declined (nobody catches it)',
      'inventory.release (undo reserveStock)',
      'undo of reserveStock succeeded',
      'compensated because chargeCard raised card-declined: rejected with card-declined',
    ]);
  });
});

describe('the coverage of tests', () => {
  const head = (share: string) =>
    `tests: order\nversion: 1\ncoverage: { paths: ${share} }\ngiven: { start: { input: { orderId: o-1, total: 100 } } }\n`;
  const cases =
    '  - { test: a, when: { chargeCard: { rejected: card-declined } }, then: { outcome: compensated } }';

  it('names what is missing', () => {
    expect(tested(cases, head('100%'))).toMatchObject({
      isPassed: false,
      coverage: {
        taken: ['chargeCard.card-declined'],
        missing: ['reserveStock.out-of-stock', 'arrangeShipping.no-carrier'],
        isEnough: false,
      },
    });
  });

  it('is enough when the share is reached', () => {
    expect(tested(cases, head('33%')).isPassed).toBe(true);
  });
});

describe('many cases', () => {
  it('run by the hundred', () => {
    const many = Array.from(
      { length: 500 },
      (_, index) =>
        `  - { test: case ${index}, when: { chargeCard: [silent, { failed: 1 }] }, then: { outcome: completed } }`,
    );

    expect(tested(many.join('\n')).cases.every(({ isPassed }) => isPassed)).toBe(true);
  });
});
