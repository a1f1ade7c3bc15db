import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { formatProblem } from '../src/document/problem.js';
import { standingOf } from '../src/engine/standing.js';
import { givenSaga } from '../test-engine/saga-scenario.js';
import { sagaOf } from './wrong-document.js';

function given(steps: string, head = '') {
  const { programs, problems } = compileDefinitions([{ file: 'saga.yaml', text: head + sagaOf(steps) }]);
  expect(problems.filter(({ severity }) => severity === 'error').map(formatProblem)).toEqual([]);
  const program = programs[0]!;
  return { program, saga: givenSaga(program, { orderId: 'O1', skus: ['a', 'b'] }) };
}

function standing(steps: string, head = '') {
  const { program, saga } = given(steps, head);
  return standingOf(program, saga.state);
}

const pay = `  - step: pay
    call: payment.charge
    compensate: payment.refund`;

describe('where a saga stands', () => {
  it('is told in the words of its block', () => {
    expect(
      standing(`${pay}
    title: Payment
    status: We charge order \${ input.orderId }
    owner: payments`),
    ).toEqual([
      {
        block: 'pay',
        since: expect.any(Number),
        title: 'Payment',
        status: 'We charge order O1',
        owner: 'payments',
      },
    ]);
  });

  it('is told in the words of what is around it where it has none itself', () => {
    expect(
      standing(`  - group: checkout
    title: Checkout
    status: Your order is checked
    do:
${pay.replaceAll(/^/gm, '    ')}
        status: We charge your card`),
    ).toMatchObject([{ block: 'pay', title: 'Checkout', status: 'We charge your card' }]);
  });

  it('is told for every item with its own words', () => {
    expect(
      standing(`  - forEach: all
    in: input.skus
    do:
      - step: pick
        call: warehouse.pick
        status: We pick \${ item }
        compensate: warehouse.put-back`).map(({ status }) => status),
    ).toEqual(['We pick a', 'We pick b']);
  });

  it('says when time will bring it on', () => {
    const { program, saga } = given(`  - wait: pause
    for: 1h
    title: A short rest`);

    expect(standingOf(program, saga.state)).toEqual([
      { block: 'pause', since: saga.state.at, until: saga.state.at + 3_600_000, title: 'A short rest' },
    ]);
  });

  it('says nothing that cannot be computed', () => {
    expect(standing(`${pay}\n    status: We charge \${ input.nobody }`)).toEqual([
      { block: 'pay', since: expect.any(Number) },
    ]);
  });

  it('is nowhere once everything is undone', () => {
    const { program, saga } = given(`${pay}\n    status: We charge you`);

    expect(standingOf(program, saga.whenRejected('pay').state)).toEqual([]);
  });

  it('costs nothing where nothing is said', () => {
    expect(given(pay).program).not.toHaveProperty('words');
  });
});
