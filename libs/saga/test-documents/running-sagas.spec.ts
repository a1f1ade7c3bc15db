import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import type { Program } from '../src/program.js';
import { exampleFiles, exampleSources } from './example-sagas.fixture.js';
import { run } from './running-saga.js';
import { sagaOf } from './wrong-document.js';

const { programs } = compileDefinitions(exampleSources, exampleFiles);

function example(definition: string): Program {
  return programs.find((program) => program.definition === definition)!;
}

function saga(steps: string): Program {
  const { programs: compiled, problems } = compileDefinitions([{ file: 'saga.yaml', text: sagaOf(steps) }]);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return compiled[0]!;
}

const order = { orderId: 'o1', total: 300, card: 'c1', lines: [{ sku: 'a', quantity: 1 }] };

describe('the order saga on the engine', () => {
  it('completes', () => {
    const { sent, data, told, finish } = run(example('order-fulfilment'), order);

    expect(sent).toEqual(['inventory.reserve', 'payment.charge', 'shipping.arrange']);
    expect(data['inventory.reserve']).toEqual({ orderId: 'o1', lines: order.lines });
    expect(data['payment.charge']).toEqual({ orderId: 'o1', amount: 300, card: 'c1' });
    expect([told, finish?.status]).toEqual([['shop.order.fulfilled'], 'completed']);
  });

  it('refunds, then releases, when shipping refuses', () => {
    const { sent, told, finish } = run(example('order-fulfilment'), order, {
      'shipping.arrange': [{ outcome: 'rejected', error: 'no-carrier' }],
    });

    expect(sent.slice(3)).toEqual(['payment.refund', 'inventory.release']);
    expect([told, finish?.status]).toEqual([['shop.order.rejected'], 'compensated']);
  });
});

describe('blocks on the engine', () => {
  it('leave a skipped block without a value', () => {
    const { steps } = run(
      saga(`  - set: first
    value: 1
    if: input.total > 500
  - set: second
    value: \${ steps.?first.output.orValue(0) + 1 }`),
      order,
    );

    expect([steps['first']?.outcome, steps['second']?.output]).toEqual(['skipped', 1]);
  });

  it('put the output of a handler in the place of the refused one', () => {
    const { steps } = run(
      saga(`  - step: pay
    call: payment.charge
    compensate: payment.refund
    catch: { card-declined: { output: { paid: 0 } } }
  - set: paid
    value: \${ steps.pay.output.paid }`),
      order,
      { 'payment.charge': [{ outcome: 'rejected', error: 'card-declined' }] },
    );

    expect(steps['paid']?.output).toBe(0);
  });

  it('tell how a refused step went on', () => {
    const { steps } = run(
      saga(`  - step: pay
    call: payment.charge
    compensate: payment.refund
    catch: { card-declined: continue }
  - set: after
    value: \${ steps.pay.outcome + ', ' + string(steps.pay.output.amount.orValue(0)) }`),
      order,
      { 'payment.charge': [{ outcome: 'rejected', error: 'card-declined' }] },
    );

    expect(steps['after']?.output).toBe('rejected, 0');
  });

  it('know behind a join what every branch made', () => {
    const { steps } = run(
      saga(`  - parallel: both
    branches:
      left: [{ set: one, value: 1 }]
      right: [{ set: two, value: 2 }]
  - set: sum
    value: \${ steps.one.output + steps.two.output }`),
      order,
    );

    expect(steps['sum']?.output).toBe(3);
  });

  it('wait until an instant', () => {
    const { steps } = run(saga(`  - wait: pause\n    until: now + duration('90m')`), order);

    expect(steps['pause']?.endedAt).toBe(5_400_000);
  });

  it('undo what was done inside where a handler says so', () => {
    const { sent, finish } = run(
      saga(`  - group: both
    do:
      - { step: hold, call: stock.hold, compensate: stock.free }
      - { step: pay, call: payment.charge, compensate: payment.refund }
    catch: { rejected: { undo: true, do: [{ end: refused }] } }`),
      order,
      { 'payment.charge': [{ outcome: 'rejected', error: 'card-declined' }] },
    );

    expect(sent).toEqual(['stock.hold', 'payment.charge', 'stock.free']);
    expect([finish?.status, finish?.result]).toEqual(['completed', 'refused']);
  });

  it('raise the errors of their own', () => {
    const { finish, sent } = run(
      saga(`  - step: hold
    call: stock.hold
    compensate: stock.free
  - choice: enough
    cases: [{ case: too-little, if: input.total < 500, do: [{ raise: too-little, message: 'only \${ input.total }' }] }]
    else: []`),
      order,
    );

    expect(sent).toEqual(['stock.hold', 'stock.free']);
    expect([finish?.status, finish?.failure?.error, finish?.failure?.message]).toEqual([
      'compensated',
      'too-little',
      'only 300',
    ]);
  });

  it('take an expression that fails for the error `invalid`', () => {
    const { incidents, finish } = run(
      saga(`  - set: wrong
    value: \${ input.nobody.name }
    catch: { invalid: [{ end: no-name }] }`),
      order,
    );

    expect([incidents, finish?.result]).toEqual([[], 'no-name']);
  });

  it('take a condition that fails in a case for it too', () => {
    const { incidents, finish } = run(
      saga(`  - choice: size
    cases: [{ case: large, if: input.nobody.total > 5, do: [] }]
    else: []
    catch: { invalid: [{ end: unknown-size }] }`),
      order,
    );

    expect([incidents, finish?.result]).toEqual([[], 'unknown-size']);
  });

  it.each([
    ['the output of a group', '{ group: total, do: [], output: "${ input.nobody.total }" }'],
    ['the message of an error', "{ raise: too-much, message: '${ input.nobody.total }' }"],
  ])('let %s be caught where it cannot be computed', (_what, block) => {
    const { incidents, finish } = run(
      saga(`  - group: outer
    do:
      - ${block}
    catch: { invalid: [{ end: unknown-total }] }`),
      order,
    );

    expect([incidents, finish?.result]).toEqual([[], 'unknown-total']);
  });
});
