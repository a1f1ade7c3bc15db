import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { runTests } from '../src/trial/run-tests.js';
import { givenSaga } from '../test-engine/saga-scenario.js';

const contracts = `participant: wms
commands:
  pick: {}
events:
  wms.counted:
    key: data.sku
    schema: { type: object, properties: { sku: { type: string }, count: { type: integer }, at: { type: string, format: date-time } } }
facts:
  wms.stock: { from: wms.counted, key: data.sku, asOf: data.at }
  wms.slow-stock: { from: wms.counted, key: data.sku, asOf: data.at, lag: 24h }
`;

function compiled(text: string) {
  const { programs, tests, problems } = compileDefinitions([
    { file: 'contracts.yaml', text: contracts },
    { file: 'saga.yaml', text },
  ]);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  const cases = tests.flatMap((suite) => runTests(suite).cases);
  const failed = cases.filter(({ isPassed }) => !isPassed);
  return {
    program: programs[0]!,
    programs,
    problems,
    count: cases.length,
    failed: failed.map(({ name, mismatches, timeline }) => ({
      name,
      mismatches,
      timeline: timeline.map(({ text: line }) => line),
    })),
  };
}

const deciding = `saga: promise
version: 1
key: input.orderId
steps:
  - choice: path
    requires: { stock: { fact: wms.stock, key: input.sku, fresh: 15m, wait: 1m } }
    cases:
      - case: in-stock
        if: facts.stock.value.count >= input.quantity && facts.stock.age < duration('10m')
        do:
          - set: promised
            value: \${ facts.stock.value.count }
    else: [{ end: out-of-stock }]
    catch:
      stale: { do: [{ end: safe-path }] }
---
tests: promise
version: 1
given: { start: { input: { orderId: o-1, sku: A, quantity: 2 }, at: '2026-01-05T09:00:00Z' } }
cases:
  - test: a fresh count decides
    when: { wms.stock: { value: { count: 3 }, age: 5m } }
    then: { outcome: completed, outputs: { promised: 3 } }
  - test: the age can be asked for
    when: { wms.stock: { value: { count: 3 }, age: 12m } }
    then: { outcome: completed, result: out-of-stock }
  - test: an old count decides nothing
    when: { wms.stock: { value: { count: 3 }, age: 16m } }
    then: { outcome: completed, result: safe-path, paths: [path.stale] }
  - test: nothing known decides nothing
    when: { path.stock: { fact: stale } }
    then: { outcome: completed, result: safe-path }
`;

describe('a block that requires a fact', () => {
  it('asks for it by its key and how fresh it has to be', () => {
    const { program } = compiled(deciding);

    expect(givenSaga(program, { orderId: 'o-1', sku: 'A', quantity: 2 }).effects).toEqual([
      {
        kind: 'await',
        channel: 'fact',
        id: 'path.stock/1/wait',
        block: 'path.stock',
        request: { fact: 'wms.stock', key: 'A', freshMs: 900_000, waitMs: 60_000 },
      },
    ]);
    expect(program.facts).toMatchObject([{ fact: 'wms.stock', from: 'wms.counted', freshMs: 900_000 }]);
  });

  it('decides by it, or by that it is not known', () => {
    expect(compiled(deciding)).toMatchObject({ count: 4, failed: [] });
  });

  it('keeps what it decided by', () => {
    const known = { value: { count: 3 }, asOf: 999_000, lagMs: 0 };
    const decided = givenSaga(compiled(deciding).program, {
      orderId: 'o-1',
      sku: 'A',
      quantity: 2,
    }).whenHeard('path.stock', known, { what: 'fact' });

    expect(decided.outputOf('path.stock')).toEqual(known);
  });
});

describe('a source that lags behind', () => {
  const lagging = deciding.replaceAll('wms.stock', 'wms.slow-stock').replace(/age: \d+m \}/g, 'age: 1s }');

  it('is never fresh enough for a fast decision', () => {
    const { problems, failed } = compiled(lagging.slice(0, lagging.indexOf('---')));

    expect(failed).toEqual([]);
    expect(problems.map(({ message }) => message)).toContain(
      '"wms.slow-stock" may lag further behind than that, so it is never fresh enough and `stale` is raised each time.',
    );
  });

  it('leads to the safe path, however new its count is', () => {
    const safe = `${lagging.slice(0, lagging.indexOf('cases:\n  - test'))}cases:
  - test: a count of now is as old as its source
    when: { wms.slow-stock: { value: { count: 3 }, age: 1s } }
    then: { outcome: completed, result: safe-path }
`;

    expect(compiled(safe)).toMatchObject({ count: 1, failed: [] });
  });
});

describe('a fact that grows old while it is used', () => {
  const slow = compiled(`saga: slow
version: 1
key: input.sku
requires: { stock: { fact: wms.stock, key: input.sku, fresh: 15m } }
catch: { stale: { do: [{ emit: told, event: shop.too-old, with: {} }] } }
steps:
  - wait: aWhile
    for: 10m
  - choice: path
    cases: [{ case: in-stock, if: facts.stock.value.count > 0, do: [{ end: in-stock }] }]
    else: [{ end: out-of-stock }]
`).program;

  const heard = (ageMs: number) =>
    givenSaga(slow, { sku: 'A' }).whenHeard(
      'saga.stock',
      { value: { count: 1 }, asOf: 1_000_000 - ageMs, lagMs: 0 },
      { what: 'fact' },
    );

  it('decides as long as it is fresh', () => {
    expect(heard(5 * 60_000).whenSilent().state.facts.result).toBe('in-stock');
  });

  it('raises stale when a condition reads it too late', () => {
    const late = heard(6 * 60_000).whenSilent();

    expect(late.effects).toContainEqual(expect.objectContaining({ kind: 'tell', event: 'shop.too-old' }));
  });
});

describe('a pivot that requires a fact', () => {
  const { program } = compiled(`saga: assign
version: 1
key: input.sku
steps:
  - step: pick
    call: wms.pick
    pivot: true
    retry: { attempts: 3, delay: 5m, jitter: 0% }
    timeout: 1m
    requires: { stock: { fact: wms.stock, key: input.sku, fresh: 15m } }
    catch: { stale: { do: [{ end: too-old }] } }
`);
  const fresh = { value: { count: 1 }, asOf: 1_000_000, lagMs: 60_000 };
  const asked = () => givenSaga(program, { sku: 'A' });
  const sent = () => asked().whenHeard('pick.stock', fresh, { what: 'fact' });

  it('is not sent before it is known', () => {
    expect(asked().sent).toEqual([]);
  });

  it('must not be carried out when that is too old', () => {
    expect(sent().opened('pick')).toMatchObject({ deadline: 1_000_000 + 14 * 60_000 });
  });

  it('asks for it again before a new attempt', () => {
    const again = sent().whenFails('pick').whenSilent();

    expect(again.messages).toEqual([]);
    expect(again.waits).toEqual(['await pick.stock/2/wait']);
    const known = again.whenHeard('', fresh, { what: 'fact', id: 'pick.stock/2/wait' });
    expect(known.messages).toEqual(['pick/1/do#2']);
  });

  it('is given up when that has become too old', () => {
    const stale = sent()
      .whenFails('pick')
      .whenSilent()
      .whenHeard('', {}, { what: 'stale', id: 'pick.stock/2/wait' });

    expect(stale.state.facts.result).toBe('too-old');
  });

  it('keeps count of its attempts', () => {
    let saga = sent();
    for (const round of [2, 3])
      saga = saga
        .whenFails('pick')
        .whenSilent()
        .whenHeard('', fresh, { what: 'fact', id: `pick.stock/${round}/wait` });

    expect(saga.messages).toEqual(['pick/1/do#3']);
    expect(saga.whenFails('pick').status).toBe('compensated');
  });

  it('is repeated as it is when nobody knows whether it was done', () => {
    const silent = sent().whenSilent();

    expect(silent.whenSilent().messages).toEqual(['pick/1/do#1']);
  });

  it('asks again when a person begins it again', () => {
    const definite = compiled(`saga: assign
version: 1
key: input.sku
pivot: start
steps:
  - step: pick
    call: wms.pick
    retry: { attempts: 1 }
    requires: { stock: { fact: wms.stock, key: input.sku, fresh: 15m } }
`).program;
    const stuck = givenSaga(definite, { sku: 'A' })
      .whenHeard('pick.stock', fresh, { what: 'fact' })
      .whenFails('pick');

    expect(stuck.incidents).toEqual({ pick: 'UNCAUGHT' });
    const retry = { kind: 'retry' } as const;
    const again = stuck.when({ kind: 'action', now: stuck.state.at + 1_000, by: 'ann', action: retry });
    expect(again.waits).toEqual(['await pick.stock/2/wait']);
  });
});

describe('a pivot that stands on what was decided before', () => {
  const { program } = compiled(`saga: promise
version: 1
key: input.sku
steps:
  - choice: path
    requires: { stock: { fact: wms.stock, key: input.sku, fresh: 15m } }
    cases:
      - case: in-stock
        if: facts.stock.value.count >= 2
        do:
          - wait: aWhile
            for: 10m
          - step: pick
            call: wms.pick
            with: { count: '\${ facts.stock.value.count }' }
            pivot: true
            retry: { attempts: 3, delay: 5m, jitter: 0% }
            requires: { stock: { fact: wms.stock, key: input.sku, fresh: 15m, holds: facts.stock.value.count >= 2 } }
    else: [{ end: out-of-stock }]
    catch: { stale: retry }
`);
  const counted = (count: number, asOf: number) => ({ value: { count }, asOf, lagMs: 0 });
  const waited = () =>
    givenSaga(program, { sku: 'A' })
      .whenHeard('path.stock', counted(5, 1_000_000), { what: 'fact' })
      .whenSilent();
  const hears = (saga: ReturnType<typeof waited>, id: string, count: number) =>
    saga.whenHeard('', counted(count, saga.state.at), { what: 'fact', id });

  it('asks again right before it is sent', () => {
    expect(waited().waits).toEqual(['await pick.stock/1/wait']);
    expect(waited().sent).toEqual([]);
  });

  it('is sent with what is known now, where it still holds', () => {
    const sent = hears(waited(), 'pick.stock/1/wait', 3);

    expect(sent.opened('pick').data).toEqual({ count: 3 });
  });

  it('is withheld where it does not hold any more, and decided again', () => {
    const withheld = hears(waited(), 'pick.stock/1/wait', 1);

    expect(withheld.sent).toEqual([]);
    expect(withheld.waits).toEqual(['await path.stock/2/wait']);
    expect(hears(withheld, 'path.stock/2/wait', 1).state.facts.result).toBe('out-of-stock');
    expect(hears(withheld, 'path.stock/2/wait', 4).whenSilent().waits).toEqual(['await pick.stock/2/wait']);
  });

  it('is another operation once what it says has changed', () => {
    const again = hears(waited(), 'pick.stock/1/wait', 3).whenFails('pick').whenSilent();
    const changed = hears(again, 'pick.stock/2/wait', 2);

    expect(changed.messages).toEqual(['pick/2/do#1']);
    expect(changed.opened('pick').data).toEqual({ count: 2 });
    expect(hears(again, 'pick.stock/2/wait', 3).messages).toEqual(['pick/1/do#2']);
  });

  it('keeps count of its attempts whatever it says', () => {
    let saga = hears(waited(), 'pick.stock/1/wait', 9);
    for (const round of [2, 3])
      saga = hears(saga.whenFails('pick').whenSilent(), `pick.stock/${round}/wait`, 9 - round);

    expect(saga.messages).toEqual(['pick/3/do#1']);
    expect(saga.whenFails('pick').status).toBe('compensated');
  });

  it('is withheld before a new attempt, too', () => {
    const withheld = hears(
      hears(waited(), 'pick.stock/1/wait', 3).whenFails('pick').whenSilent(),
      'pick.stock/2/wait',
      0,
    );

    expect(withheld.sent).toEqual([]);
    expect(hears(withheld, 'path.stock/2/wait', 0).status).toBe('completed');
  });
});

describe('a trigger that requires a fact', () => {
  const rerouting = `saga: refill
version: 1
key: input.sku
triggers:
  - event: wms.counted
    requires: { stock: { fact: wms.stock, key: data.sku, fresh: 15m, wait: 10s } }
    gates: { running-out: facts.stock.value.count < 3 }
    with: { sku: '\${ data.sku }', count: '\${ facts.stock.value.count }' }
steps:
  - emit: told
    event: shop.refilled
    with: { count: '\${ input.count }' }
---
tests: refill
version: 1
given: { start: { event: wms.counted, data: { sku: A } } }
cases:
  - test: it starts with what is known
    when: { wms.stock: { value: { count: 2 }, age: 5m } }
    then: { outcome: completed, data: { shop.refilled: { count: 2 } } }
  - test: a gate decides by it
    when: { wms.stock: { value: { count: 3 }, age: 5m } }
    then: { outcome: not-started, gates: [running-out] }
  - test: without it nothing starts
    when: { wms.stock: { value: { count: 2 }, age: 16m } }
    then: { outcome: not-started, gates: [stale] }
`;

  it('is looked at when that is known', () => {
    const { program, count, failed } = compiled(rerouting);

    expect({ count, failed }).toEqual({ count: 3, failed: [] });
    expect(program.facts).toMatchObject([{ fact: 'wms.stock', freshMs: 900_000 }]);
    expect(program.triggers[0]!.requires).toMatchObject([
      { name: 'stock', fact: 'wms.stock', freshMs: 900_000, waitMs: 10_000 },
    ]);
  });
});
