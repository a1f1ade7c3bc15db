import { describe, expect, it } from '@jest/globals';
import { givenSaga, pivot, program, seq, step } from '../../test-engine/saga-scenario.js';

const order = program(seq('steps', step('reserveStock'), step('chargeCard'), pivot('arrangeShipping')), {
  outcomes: {
    completed: { event: 'shop.order.fulfilled', data: ({ input }) => input },
    compensated: { event: 'shop.order.rejected', data: ({ failure }) => ({ reason: failure!.error }) },
  },
});

describe('an order', () => {
  it('asks one participant after the other', () => {
    const started = givenSaga(order);
    const reserved = started.whenSucceeds('reserveStock');
    const charged = reserved.whenSucceeds('chargeCard');

    expect([started.sent, reserved.sent, charged.sent]).toEqual([
      ['shop.reserveStock'],
      ['shop.chargeCard'],
      ['shop.arrangeShipping'],
    ]);
  });

  it('tells its outcome and finishes', () => {
    const shipped = givenSaga(order)
      .whenSucceeds('reserveStock')
      .whenSucceeds('chargeCard')
      .whenSucceeds('arrangeShipping');

    expect(shipped.effects).toMatchObject([
      { kind: 'settled', block: 'arrangeShipping', outcome: 'succeeded' },
      { kind: 'tell', event: 'shop.order.fulfilled', data: { orderId: 'O1' } },
      { kind: 'finish', status: 'completed' },
    ]);
  });
});

describe('an order refused at shipping', () => {
  it('refunds, then releases', () => {
    const charged = givenSaga(order).whenSucceeds('reserveStock').whenSucceeds('chargeCard');
    const refused = charged.whenRejected('arrangeShipping', 'no-carrier');
    const refunded = refused.whenSucceeds('chargeCard/undo');
    const released = refunded.whenSucceeds('reserveStock/undo');

    expect(refused.sent).toEqual(['shop.undo-chargeCard']);
    expect(refunded.sent).toEqual(['shop.undo-reserveStock']);
    expect(released.status).toBe('compensated');
  });

  it('tells why', () => {
    const refused = givenSaga(order).whenRejected('reserveStock', 'out-of-stock');

    expect(refused.effects).toContainEqual(
      expect.objectContaining({ event: 'shop.order.rejected', data: { reason: 'out-of-stock' } }),
    );
  });
});
