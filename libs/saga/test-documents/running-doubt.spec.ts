import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { runTests } from '../src/trial/run-tests.js';

const wms = `participant: wms
commands:
  pick: { undoneBy: wms.withdraw, verify: wms.status, rejects: [location-blocked] }
  withdraw: {}
  status: { effect: none, rejects: [not-found] }
events:
  wms.scanned: { key: data.palletId }
---
participant: rates
commands:
  quote:
    effect: none
    asOf: data.at
    fresh: 1h
    output: { type: object, required: [at], properties: { at: { type: string, format: date-time }, price: { type: integer } } }
`;

const picking = `saga: picking
version: 1
key: input.orderId
steps:
  - step: pick
    call: wms.pick
    confirm: { event: wms.scanned, key: input.palletId, match: data.orderId == input.orderId, within: 10m }
    compensate: wms.withdraw
    catch:
      unconfirmed: { do: [{ set: noted, value: true }], then: retry, times: 1 }
outcomes:
  completed: { emit: shop.picked, with: {} }
---
tests: picking
version: 1
given: { start: { input: { orderId: o-1, palletId: p-1 } } }
cases:
  - test: it is done when the pallet is scanned
    when: { wms.scanned: { after: 5m, data: { orderId: o-1 } } }
    then: { outcome: completed, after: 5m, never: [wms.status] }
  - test: the scan of another order does not count
    when: { wms.scanned: { after: 5m, data: { orderId: o-2 } }, wms.status: { rejected: not-found } }
    then: { outcome: compensated, after: 30d, failure: timed-out, effects: { wms.pick: 2 }, paths: [pick.unconfirmed] }
  - test: what may have been done is not done again
    when: { wms.scanned: { after: 15m, data: { orderId: o-1 } } }
    then: { outcome: completed, after: 15m, sent: [wms.pick, wms.status, wms.pick], effects: { wms.pick: 1 } }
  - test: what was not done is done as another operation
    when:
      wms.scanned: { after: 15m, data: { orderId: o-1 } }
      wms.status: [{ rejected: not-found }]
    then: { outcome: completed, effects: { wms.pick: 2 }, paths: [pick.unconfirmed] }
  - test: what was only claimed is disproved, and done as another operation
    when: { pick: [{ claimed: {} }], wms.scanned: { after: 15m, data: { orderId: o-1 } } }
    then: { outcome: completed, effects: { wms.pick: 1 }, undone: [], paths: [pick.unconfirmed] }
  - test: what is claimed again and again is a matter for a person, and nothing of it is undone
    when: { pick: { claimed: {} } }
    then: { outcome: compensated, after: 30d, effects: { wms.pick: 0 }, undone: [], never: [wms.withdraw] }
  - test: what was claimed is said again when it is asked for again
    when: { pick: [{ claimed: {} }], wms.scanned: { after: 5m, data: { orderId: o-1 } } }
    then: { outcome: completed, after: 5m, effects: { wms.pick: 0 } }
  - test: a crash changes nothing
    when: { crash: at every input, wms.scanned: { after: 5m, data: { orderId: o-1 } } }
    then: { outcome: completed, effects: { wms.pick: 1 } }
`;

const quoting = `saga: quoting
version: 1
key: input.orderId
steps:
  - step: quote
    call: rates.quote
    retry: { attempts: 2, delay: 1s, jitter: 0% }
    catch:
      unknown: { output: { price: 900 } }
  - set: price
    value: \${ steps.quote.output.price }
---
tests: quoting
version: 1
given: { start: { input: { orderId: o-1 }, at: '2026-01-05T09:00:00Z' } }
cases:
  - test: a fresh price is taken
    when: { quote: { succeeded: { price: 700, at: '2026-01-05T08:30:00Z' } } }
    then: { outcome: completed, outputs: { quote: { price: 700 } } }
  - test: a price of yesterday is not taken
    when: { quote: { succeeded: { price: 700, at: '2026-01-04T08:30:00Z' } } }
    then: { outcome: completed, outputs: { quote: { price: 900 } }, paths: [quote.unknown] }
  - test: it is asked again for a new one
    when: { quote: [{ succeeded: { at: '2026-01-04T08:30:00Z' } }, { succeeded: { price: 700, at: '2026-01-05T09:00:00Z' } }] }
    then: { outcome: completed, after: 1s, outputs: { quote: { price: 700 } } }
`;

function results(text: string) {
  const { programs, tests, problems } = compileDefinitions([
    { file: 'contracts.yaml', text: wms },
    { file: 'saga.yaml', text },
  ]);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  const cases = tests.flatMap((suite) => runTests(suite).cases);
  const failed = cases.filter(({ isPassed }) => !isPassed);
  return {
    programs,
    count: cases.length,
    failed: failed.map(({ name, mismatches, timeline }) => ({
      name,
      mismatches,
      timeline: timeline.map(({ text }) => text),
    })),
  };
}

describe('a step that an event has to confirm', () => {
  it('says which events it waits for', () => {
    expect(results(picking).programs[0]!.awaits).toMatchObject([{ event: 'wms.scanned', earlyMs: 0 }]);
  });

  it('holds in its tests', () => {
    expect(results(picking)).toMatchObject({ count: 8, failed: [] });
  });
});

describe('a step that needs a fresh answer', () => {
  it('holds in its tests', () => {
    expect(results(quoting)).toMatchObject({ count: 3, failed: [] });
  });
});
