import { describe, expect, it } from '@jest/globals';
import { complaintsAbout } from './tested-order.fixture.js';

describe('a mistake in a tests document', () => {
  it.each([
    [
      'a block that is not there',
      '{ test: a, when: { chargeCart: silent }, then: { outcome: completed } }',
      '5:24: error: The saga has no block, command, event or toggle "chargeCart". Did you mean "chargeCard"?',
    ],
    [
      'an error the contract does not name',
      '{ test: a, when: { chargeCard: { rejected: card-refused } }, then: { outcome: completed } }',
      '5:48: error: "payment.charge" never answers "card-refused", says its contract. Known here: card-declined.',
    ],
    [
      'an error of the engine',
      '{ test: a, when: { chargeCard: { rejected: timed-out } }, then: { outcome: completed } }',
      '5:48: error: "timed-out" is an error of the engine; no participant answers it.',
    ],
    [
      'an answer of a person from a participant',
      '{ test: a, when: { chargeCard: { answer: approve } }, then: { outcome: completed } }',
      '5:38: error: `answer` says nothing about a command. What can be said: succeeded, claimed, rejected, data, failed, silent, after, late, accepted.',
    ],
    [
      'a field the answer does not have',
      '{ test: a, when: { chargeCard: { succeeded: { amont: 7 } } }, then: { outcome: completed } }',
      '5:51: error: The answer of "payment.charge" has no field "amont", says its contract. Did you mean "amount"?',
    ],
    [
      'a field of another kind',
      '{ test: a, when: { chargeCard: { succeeded: { amount: much } } }, then: { outcome: completed } }',
      '5:59: error: The answer of "payment.charge" cannot be like this: `amount` must be integer.',
    ],
    [
      'a move with a typo',
      '{ test: a, when: { chargeCard: { reject: card-declined } }, then: { outcome: completed } }',
      '5:38: error: What happens to a block has no key `reject`. Did you mean "rejected"?',
    ],
    [
      'a word that is no move',
      '{ test: a, when: { chargeCard: quiet }, then: { outcome: completed } }',
      '5:36: error: Expected `silent`, and this is "quiet".',
    ],
    [
      'a crash of another kind',
      '{ test: a, when: { crash: sometimes }, then: { outcome: completed } }',
      '5:31: error: Expected `at every input`, and this is "sometimes".',
    ],
    [
      'an outcome that is none',
      '{ test: a, then: { outcome: complete } }',
      '5:33: error: Expected one of `completed`, `compensated`, `cancelled`, `running`, `compensating`, `not-started`, and this is "complete". Did you mean "completed"?',
    ],
    [
      'a command that is never sent',
      '{ test: a, then: { never: [payment.chargeback] } }',
      '5:32: error: The saga sends no command or event "payment.chargeback". Did you mean "payment.charge"?',
    ],
    [
      'an exception path that is not there',
      '{ test: a, then: { paths: [chargeCard.declined] } }',
      '5:32: error: The saga has no exception path "chargeCard.declined". Did you mean "chargeCard.card-declined"?',
    ],
    [
      'a result that is not there',
      '{ test: a, then: { result: fetch } }',
      '5:32: error: The saga ends with no result "fetch". Did you mean "fetched"?',
    ],
    [
      'a test that is not there',
      '{ test: a, then: { sameAs: b } }',
      '5:32: error: This document has no test "b". Did you mean "a"?',
    ],
    [
      'two things that happen at once',
      '{ test: a, when: { chargeCard: { rejected: card-declined, silent: done } }, then: { outcome: completed } }',
      '5:38: error: Either `silent` happens or `rejected`. Keep one of them; what happens one after the other is a list.',
    ],
    [
      'a silence that is late',
      '{ test: a, when: { chargeCard: { silent: done, late: 1h } }, then: { outcome: completed } }',
      '5:52: error: Either `silent` happens or `late`. Keep one of them; what happens one after the other is a list.',
    ],
    [
      'two answers',
      '{ test: a, when: { chargeCard: { rejected: card-declined, failed: 2 } }, then: { outcome: completed } }',
      '5:63: error: Either `rejected` happens or `failed`. Keep one of them; what happens one after the other is a list.',
    ],
    [
      'a claim about nothing',
      '{ test: a, then: {} }',
      '5:22: error: Nothing is claimed here. Say what has to come of it, such as `outcome: completed`.',
    ],
    [
      'a claim with a typo',
      '{ test: a, then: { outcom: completed } }',
      '5:24: error: `then` has no key `outcom`. Did you mean "outcome"?',
    ],
    [
      'data of something never sent',
      '{ test: a, then: { data: { payment.pay: {} } } }',
      '5:32: error: The saga sends nothing called "payment.pay". Known here: insurance.insure, inventory.release, inventory.reserve, payment.charge, payment.charge-status, payment.refund, shipping.arrange, shop.order.fulfilled.',
    ],
    [
      'a time of something never sent',
      '{ test: a, then: { at: { payment.pay: 5m } } }',
      '5:30: error: The saga sends nothing called "payment.pay". Known here: insurance.insure, inventory.release, inventory.reserve, payment.charge, payment.charge-status, payment.refund, shipping.arrange, shop.order.fulfilled.',
    ],
    [
      'a time that is none',
      '{ test: a, then: { at: { payment.charge: [later] } } }',
      '5:47: error: Expected a duration such as 0s, 30s or 24h, and this is "later".',
    ],
    [
      'a range that is none',
      '{ test: a, then: { after: 5m to late } }',
      '5:31: error: Expected a duration such as 0s, 30s or 1h30m, or a range such as 5m to 7m, and this is "5m to late".',
    ],
    [
      'a range that is turned round',
      '{ test: a, then: { after: 7m to 5m } }',
      '5:31: error: It is never from 7m on and 5m at most. Swap them.',
    ],
    [
      'one of several where there is one',
      '{ test: a, when: { reserveStock@p7: silent }, then: { outcome: completed } }',
      '5:24: error: "reserveStock" stands in no loop, so there is only one of it. Leave "@p7" out.',
    ],
    [
      'an output of a block that is not there',
      '{ test: a, then: { outputs: { chargeCart: {} } } }',
      '5:35: error: The saga has no block "chargeCart". Did you mean "chargeCard"?',
    ],
    [
      'what is missing where nothing is joined',
      '{ test: a, then: { missing: { chargeCard: [] } } }',
      '5:35: error: The saga has no block "chargeCard" that joins several.',
    ],
    [
      'no claim',
      '{ test: a }',
      '5:5: error: `then` is missing: say what has to come of it, such as `then: { outcome: completed }`.',
    ],
    [
      'a toggle that is not there',
      '{ test: a, given: { toggles: { giftwrap: false } }, then: { outcome: completed } }',
      '5:36: error: The saga has no toggle "giftwrap". Did you mean "giftWrap"?',
    ],
    [
      'a start at no time',
      '{ test: a, given: { start: { at: tomorrow } }, then: { outcome: completed } }',
      '5:38: error: Expected an instant such as 2026-01-05T09:00:00Z.',
    ],
  ])('%s', (_what, text, says) => {
    expect(complaintsAbout(`  - ${text}`)).toEqual([says]);
  });

  it.each([
    [
      'a saga that is not there',
      'tests: oder\nversion: 1\n',
      '1:8: error: There is no saga "oder" here. Did you mean "order"?',
    ],
    [
      'a version that is not there',
      'tests: order\nversion: 2\n',
      '2:10: error: There is no version 2 of saga "order" here; there is 1.',
    ],
    [
      'no version',
      'tests: order\n',
      '1:1: error: `version` is missing: the version of the saga, such as `version: 1`.',
    ],
  ])('%s', (_what, head, says) => {
    expect(complaintsAbout('  - { test: a, then: { outcome: completed } }', head)).toEqual([says]);
  });

  it('a test that stands twice', () => {
    expect(
      complaintsAbout(
        '  - { test: a, then: { outcome: completed } }\n  - { test: a, then: { outcome: completed } }',
      ),
    ).toEqual(['6:13: error: There is another test "a". Give one of them another name.']);
  });
});
