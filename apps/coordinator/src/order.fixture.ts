/** The saga that specs publish. Its courier is a participant nobody plays, so that sagas with `wait: true` stay open. */
export const orderYaml = `saga: order-fulfilment
version: 1
key: input.orderId
input:
  type: object
  required: [orderId, total]
  properties:
    orderId: { type: string, minLength: 1 }
    total: { type: integer }
    wait: { type: boolean }
    card: { type: string }
timeout: 30m
triggers:
  - event: shop.order.placed
steps:
  - step: reserveStock
    call: inventory.reserve
    compensate: inventory.release
  - step: chargeCard
    call: payment.charge
    compensate: payment.refund
  - step: bookCourier
    if: has(input.wait) && input.wait
    call: courier.book
    compensate: courier.cancel
  - step: arrangeShipping
    call: shipping.arrange
    pivot: true
outcomes:
  completed: { emit: shop.order.fulfilled, with: { orderId: '\${ input.orderId }' } }
  compensated: { emit: shop.order.rejected, with: { orderId: '\${ input.orderId }', reason: '\${ failure.error }' } }
`;

/** A saga whose charge fails once and then needs a person. */
export const fragileYaml = `saga: fragile-charge
version: 1
key: input.orderId
steps:
  - step: chargeCard
    call: payment.charge-once
    retry: { attempts: 1 }
    compensate: payment.refund
    catch: { failed: incident }
  - step: arrangeShipping
    call: shipping.arrange
    pivot: true
`;
