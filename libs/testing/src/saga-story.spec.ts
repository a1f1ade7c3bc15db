import { describe, expect, it } from '@jest/globals';
import { saga } from '#libs/saga';
import { givenSaga } from './saga-story.js';

const orderFulfilment = `
saga: order-fulfilment
version: 1
key: input.orderId
steps:
  - step: reserveStock
    call: inventory.reserve
    compensate: inventory.release
  - step: chargeCard
    call: payment.charge
    compensate: payment.refund
  - step: arrangeShipping
    call: shipping.arrange
    pivot: true
outcomes:
  completed: { emit: shop.order.fulfilled, with: { orderId: '\${ input.orderId }' } }
`;
const input = { orderId: 'order-1' };

describe('a pick that no scan confirms', () => {
  const picking = `saga: picking
version: 1
key: input.orderId
steps:
  - step: pick
    call: wms.pick
    verify: wms.status
    confirm: { event: wms.scanned, within: 10m }
    compensate: wms.withdraw
    catch: { unconfirmed: { then: retry, times: 1 } }
`;
  const asked = givenSaga(picking, input).whenSucceeds('pick').whenTimePasses(600_000);

  it('is done again once it is disproved', () => {
    expect(asked.sent).toEqual(['wms.status']);
    expect(asked.whenDisproved('pick').sent).toEqual(['wms.pick']);
  });

  it('is done again with the same operation when it is said to be done', () => {
    expect(asked.whenVerified('pick').sent).toEqual(['wms.pick']);
    expect(asked.whenVerified('pick').whenHears('pick').status).toBe('completed');
  });
});

describe('an order refused at shipping', () => {
  it('refunds, then releases', () => {
    const order = givenSaga(orderFulfilment, input).whenSucceeds('reserveStock').whenSucceeds('chargeCard');

    const refused = order.whenRejected('arrangeShipping', 'no-carrier');
    expect(refused.sent).toEqual(['payment.refund']);
    const refunded = refused.whenUndone('chargeCard');
    expect(refunded.sent).toEqual(['inventory.release']);
    expect(refunded.whenUndone('reserveStock').status).toBe('compensated');
  });

  it('leaves the beginning as it was, for another ending', () => {
    const order = givenSaga(orderFulfilment, input).whenSucceeds('reserveStock').whenSucceeds('chargeCard');

    order.whenRejected('arrangeShipping', 'no-carrier');

    expect(order.whenSucceeds('arrangeShipping')).toMatchObject({
      status: 'completed',
      told: ['shop.order.fulfilled'],
    });
  });
});

describe('a story', () => {
  it('can be told of a saga that was built', () => {
    const built = saga('order', 1)
      .key('input.orderId')
      .step('charge', { call: 'payment.charge', pivot: true });

    expect(givenSaga(built, input).sent).toEqual(['payment.charge']);
  });

  it('tells what was sent and what came of it', () => {
    const order = givenSaga(orderFulfilment, input);

    expect(order.dataOf('reserveStock')).toEqual(input);
    expect(order.outputOf('reserveStock')).toBeUndefined();
    expect(order.whenSucceeds('reserveStock', { shelf: 7 }).outputOf('reserveStock')).toEqual({ shelf: 7 });
  });

  it('lets time pass until something is tried again', () => {
    const failed = givenSaga(orderFulfilment, input).whenFails('reserveStock');

    expect(failed.sent).toEqual([]);
    expect(failed.whenNothingIsHeard().sent).toEqual(['inventory.reserve']);
    expect(failed.whenTimePasses(1).sent).toEqual([]);
  });

  it('ends when an operator cancels', () => {
    const cancelled = givenSaga(orderFulfilment, input).whenSucceeds('reserveStock').whenCancelled();

    expect(cancelled.status).toBe('compensating');
  });

  it('names what is wrong with its definition', () => {
    expect(() => givenSaga('saga: x\nversion: 1\nkey: input.id\nsteps:\n  - stepp: a\n')).toThrow(
      /saga\.yaml:\d+:\d+: error/,
    );
  });

  it('names the steps there are when it is told of another', () => {
    expect(() => givenSaga(orderFulfilment, input).whenSucceeds('chargeCard')).toThrow(
      'steps with commands: reserveStock',
    );
  });
});

describe('a saga that is played', () => {
  it('comes to what is claimed', () => {
    givenSaga(orderFulfilment, input)
      .when({ arrangeShipping: { rejected: 'no-carrier' }, chargeCard: { late: '2s' } })
      .comesTo({
        outcome: 'compensated',
        undone: ['payment.refund', 'inventory.release'],
        at: { 'payment.charge': ['0s'], 'payment.refund': '2s' },
      });
  });

  it('tells what happened when it does not', () => {
    const declined = givenSaga(orderFulfilment, input).when({ chargeCard: { rejected: 'card-declined' } });

    expect(() => declined.comesTo({ outcome: 'completed' })).toThrow(
      /outcome: expected "completed", actual "compensated"\nwhat happened:[^]*chargeCard rejected card-declined/,
    );
  });

  it('knows the blocks of its definition', () => {
    const wrong = givenSaga(orderFulfilment, input).when({ chargeCart: 'silent' });

    expect(() => wrong.comesTo({ outcome: 'completed' })).toThrow('Did you mean "chargeCard"?');
  });
});

describe('a saga that waits', () => {
  const parcel = `
saga: parcel
version: 1
key: input.id
steps:
  - wait: scanned
    first:
      - { case: scanned, event: carrier.parcel-scanned, do: [] }
      - { case: lost, event: carrier.parcel-lost, do: [{ end: lost }] }
`;

  it('goes on with the event that comes', () => {
    expect(givenSaga(parcel, { id: 'p1' }).whenHears('scanned').status).toBe('completed');
  });

  it('tells events apart', () => {
    givenSaga(parcel, { id: 'p1' })
      .when({ scanned: { after: '2d', event: 'carrier.parcel-lost' } })
      .comesTo({ outcome: 'completed', result: 'lost', after: '1d to 2d' });
  });

  it('names what waits when it is told of another block', () => {
    expect(() => givenSaga(parcel, { id: 'p1' }).whenHears('scan')).toThrow('blocks that do: scanned');
  });
});

describe('a saga that requires a fact', () => {
  const wms = `participant: wms
events: { wms.counted: { key: data.sku } }
facts:
  wms.stock: { from: wms.counted, key: data.sku, source: /wms }
`;
  const promise = `saga: promise
version: 1
key: input.sku
steps:
  - set: promised
    requires: { stock: { fact: wms.stock, key: input.sku, fresh: 15m } }
    value: \${ facts.stock.value.count }
    catch: { stale: { do: [{ end: not-known }] } }
`;
  const begun = givenSaga(promise, { sku: 'A' }, { documents: [wms] });

  it('goes on with what its source says', () => {
    expect(begun.whenTold('promised.stock', { count: 3 }).outputOf('promised')).toBe(3);
  });

  it('goes another way when that is too old', () => {
    const told = begun.whenTold('promised.stock', { count: 3 }, { ageMs: 16 * 60_000 });

    expect(told.status).toBe('completed');
    expect(told.outputOf('promised')).toBeUndefined();
  });

  it('overhears what another source says', () => {
    const overheard = begun.whenTold('promised.stock', { count: 9 }, { from: '/till' });

    expect(overheard).toMatchObject({ status: 'running', hearsay: { 'wms.stock': ['/till'] } });
    expect(overheard.whenTold('promised.stock', { count: 3 }).outputOf('promised')).toBe(3);
  });

  it('comes to the same when it is played', () => {
    begun
      .when({ 'wms.stock': [{ value: { count: 9 }, from: '/till' }, { value: { count: 3 } }] })
      .comesTo({ outputs: { promised: 3 }, hearsay: { 'wms.stock': ['/till'] } });
  });
});
