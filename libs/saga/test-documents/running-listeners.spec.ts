import { describe, expect, it } from '@jest/globals';
import { compileDefinitions } from '../src/compiler/compile-definitions.js';
import { blocks, saga, type SagaBuilder } from '../src/definition.js';
import type { Program } from '../src/program.js';
import { givenSaga } from '../test-engine/saga-scenario.js';
import { SAGA } from './wrong-document.js';

function compiled(...sources: Parameters<typeof compileDefinitions>[0]): Program {
  const { programs, problems } = compileDefinitions(sources);
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
  return programs[0]!;
}

const delivery = compiled({
  file: 'saga.yaml',
  text: `${SAGA}listen:
  - event: shop.order.cancelled
    raise: cancelled-by-customer
    tooLate: [{ emit: cancelTooLate, event: shop.order.cancel-refused, with: { why: '\${ data.why }' } }]
steps:
  - step: instructDriver
    call: dispatch.instruct-driver
    compensate: dispatch.withdraw-instruction
  - step: handOver
    call: dispatch.hand-over
    pivot: true
  - step: bill
    call: billing.send
catch:
  cancelled-by-customer: compensate
`,
});

describe('a saga that can be cancelled', () => {
  it('listens for the event from the beginning', () => {
    expect(givenSaga(delivery).waits).toEqual(['await saga.listen1/1/wait']);
    expect(delivery.awaits).toMatchObject([{ event: 'shop.order.cancelled' }]);
  });

  it('goes on behind the pivot', () => {
    const handed = givenSaga(delivery).whenSucceeds('instructDriver').whenSucceeds('handOver');
    const heard = handed.whenHeard('saga.listen1', { why: 'moved' });

    expect(heard.whenSucceeds('bill').status).toBe('completed');
  });

  it('says that it is too late once the pivot is on its way', () => {
    const heard = givenSaga(delivery)
      .whenSucceeds('instructDriver')
      .whenHeard('saga.listen1', { why: 'moved' });

    expect(heard.effects).toMatchObject([
      { kind: 'caught', path: 'saga.listen1.too-late' },
      { kind: 'tell', event: 'shop.order.cancel-refused', data: { why: 'moved' } },
    ]);
  });

  it('withdraws the instruction that is on its way', () => {
    const heard = givenSaga(delivery).whenHeard('saga.listen1', { why: 'moved' });

    expect(heard.status).toBe('compensating');
    expect(heard.sent).toEqual(['dispatch.withdraw-instruction']);
    expect(heard.whenSucceeds('instructDriver/undo').status).toBe('compensated');
  });
});

describe('a block that listens', () => {
  const built: SagaBuilder = saga('track', 1, { toggles: { tracking: { default: true } } })
    .key('input.orderId')
    .listens({ event: 'shop.order.cancelled', raise: 'gone', tooLate: blocks.set('late', 1) })
    .group('way', blocks.wait('arrived', { event: 'shop.truck.arrived' }), {
      toggle: 'tracking',
      listen: [
        {
          event: 'shop.truck.moved',
          match: 'data.km > 5',
          do: blocks.emit('told', { event: 'shop.order.nearer', with: { km: '${ data.km }' } }),
        },
      ],
      catch: { 'switched-off': { undo: false } },
    });

  it('runs its blocks for each event that matches', () => {
    const given = givenSaga(compiled(built.toSource()), {}, 's1', { tracking: true });
    const moved = given.whenHeard('way.listen1', { km: 7 });

    expect(moved.effects).toMatchObject([{ kind: 'tell', data: { km: 7 } }]);
    expect(moved.whenHeard('way.listen1', { km: 3 }).effects).toEqual([]);
    expect(moved.whenHeard('way.listen1', { km: 9 }).effects).toMatchObject([
      { kind: 'tell', data: { km: 9 } },
    ]);
    expect(moved.whenHeard('arrived').status).toBe('completed');
  });

  it('is left out while its toggle is off', () => {
    expect(givenSaga(compiled(built.toSource()), {}, 's1', { tracking: false }).status).toBe('completed');
  });
});
