import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { runTests } from '../src/trial/run-tests.js';
import { givenSaga } from '../test-engine/saga-scenario.js';

function compiled(text: string) {
  const { programs, tests, problems } = compileDefinitions([{ file: 'saga.yaml', text }]);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  const cases = tests.flatMap((suite) => runTests(suite).cases);
  const failed = cases.filter(({ isPassed }) => !isPassed);
  return { programs, problems, count: cases.length, failed: failed.map(({ name }) => name) };
}

describe('a saga that reads a fact', () => {
  const readable = (wait: string) => `participant: depot
commands: { count: { effect: none } }
events: { depot.changed: { key: data.sku } }
facts: { depot.stock: { from: depot.changed, key: data.sku, readBy: count-stock } }
---
saga: count-stock
version: 1
key: input.key
input: { type: object, required: [key], properties: { key: { type: string } } }
steps:
  - step: count
    call: depot.count
    catch: { failed: { do: [{ end: nobody-knows }] } }
known: { value: { units: '\${ steps.count.output.units }' } }
---
saga: promise
version: 1
key: input.orderId
requires: { stock: { fact: depot.stock, key: input.sku, fresh: 15m${wait} } }
steps: [{ set: promised, value: '\${ facts.stock.value.units }' }]
---
tests: count-stock
version: 1
given: { start: { input: { key: A } } }
cases:
  - test: what is counted is known
    when: { count: { succeeded: { units: 3 } } }
    then: { outcome: completed, known: { units: 3 } }
  - test: what could not be counted is not
    when: { count: { failed: forever } }
    then: { result: nobody-knows, known: null }
---
tests: promise
version: 1
given: { start: { input: { orderId: o-1, sku: A } } }
cases:
  - test: what was read decides
    when: { depot.stock: { value: { units: 3 }, age: 1s } }
    then: { outcome: completed, outputs: { promised: 3 } }
`;

  it('says what is known when it has completed', () => {
    expect(compiled(readable(', wait: 30s'))).toMatchObject({ count: 3, failed: [], problems: [] });
  });

  it('is asked for by its name, and how far it may lie behind', () => {
    const program = compiled(readable(', wait: 30s').replace('readBy', 'lag: 1m, readBy')).programs[1]!;

    expect(givenSaga(program, { orderId: 'o-1', sku: 'A' }).effects).toMatchObject([
      { kind: 'await', request: { readBy: { definition: 'count-stock', lagMs: 60_000 } } },
    ]);
  });

  it('helps nobody who does not wait', () => {
    expect(compiled(readable('')).problems.map(({ message }) => message)).toEqual([
      '"depot.stock" is read by the saga "count-stock" when it is too old, and nobody waits for that here, so it is `stale` then. Say how long to wait, such as `wait: 30s`.',
    ]);
  });
});
