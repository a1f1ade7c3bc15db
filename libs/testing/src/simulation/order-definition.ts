/** The order saga of the simulation: short silences, a verification for every step, so that every kind of doubt comes up. */
export const simulatedOrder = `
saga: simulated-order
version: 1
key: input.orderId
timeout: 30m
triggers: [{ event: shop.order.placed }]
steps:
  - step: reserveStock
    call: inventory.reserve
    timeout: { after: 5s, accepted: 2m }
    retry: { attempts: 6, delay: 1s, factor: 2, maxDelay: 10s }
    verify: inventory.reserve-status
    compensate: inventory.release
  - step: chargeCard
    call: payment.charge
    timeout: { after: 5s, accepted: 2m }
    retry: { attempts: 6, delay: 1s, factor: 2, maxDelay: 10s }
    verify: payment.charge-status
    compensate: payment.refund
  - step: arrangeShipping
    call: shipping.arrange
    timeout: { after: 5s, accepted: 2m }
    retry: { attempts: 6, delay: 1s, factor: 2, maxDelay: 10s }
    verify: shipping.arrange-status
    pivot: true
outcomes:
  completed: { emit: shop.order.fulfilled, with: { orderId: '\${ input.orderId }' } }
  compensated: { emit: shop.order.rejected, with: { orderId: '\${ input.orderId }', reason: '\${ failure.error }' } }
`;
