/** One definition with every kind of trigger, and a participant that only publishes events. */
export const everyTrigger = `saga: cancel-order
version: 1
key: input.orderId
triggers:
  - event: shop.order.cancelled
    gates: { of-a-customer: data.by == 'customer' }
  - event: shop.order.rejected
    with: { orderId: '\${ data.order.id }' }
  - person: clerk
    with: { orderId: '\${ data.number }', asked: '\${ event.source }' }
    gates: { not-a-test: data.number != 'test' }
  - webhook: marketplace
    secret: secret:marketplace-key
    with: { orderId: '\${ data.reference }' }
  - saga: check-fraud
    outcome: completed
    gates: { is-fraud: data.result == 'fraud' }
    with: { orderId: '\${ data.saga.key }' }
steps:
  - step: cancelInLegacy
    call: legacy-oms.cancel-order
    with: { orderId: '\${ input.orderId }' }
    pivot: true
  - step: tellCustomer
    call: mail.send
    with: { orderId: '\${ input.orderId }', exportedAt: '\${ steps.cancelInLegacy.output.at }' }
---
saga: check-fraud
version: 1
key: input.orderId
triggers: [{ event: shop.order.suspected }]
steps:
  - step: check
    call: risk.check
    pivot: true
  - choice: verdict
    cases:
      - { case: fraud, if: steps.check.output.isFraud, do: [{ end: fraud }] }
    else: []
---
saga: decide-claim
version: 1
key: { of: input.claimId, reuse: afterEnd }
triggers: [{ event: claims.submitted }]
steps:
  - step: decide
    call: claims.decide
    pivot: true
---
saga: appeal-claim
version: 1
key: input.claimId
triggers:
  - event: claims.appealed
    link: { saga: decide-claim, key: data.claimId }
  - person: adjudicator
    link: { saga: decide-claim, key: data.claimId }
steps:
  - step: hear
    call: claims.hear
    with: { amount: '\${ linked.input.amount }', reason: '\${ linked.steps.decide.output.reason }', was: '\${ linked.status }' }
    pivot: true
---
saga: deliver-order
version: 1
key: input.orderId
triggers: [{ event: shop.order.ready }]
steps:
  - step: choosePlan
    call: routes.choose
    with: { orderId: '\${ input.orderId }' }
  - step: drive
    call: dispatch.drive
    with: { orderId: '\${ input.orderId }', plan: '\${ steps.choosePlan.output.plan }' }
    pivot: true
---
saga: deliver-again
version: 1
key: { of: input.orderId, reuse: afterEnd, conflict: queue }
triggers:
  - event: dispatch.delivery.rejected
    link: { saga: deliver-order, key: data.orderId }
steps:
  - step: chooseOtherPlan
    call: routes.choose
    with: { orderId: '\${ input.orderId }', not: '\${ linked.steps.choosePlan.output.plan }', because: '\${ input.reason }' }
  - step: driveAgain
    call: dispatch.drive
    with: { orderId: '\${ input.orderId }', plan: '\${ steps.chooseOtherPlan.output.plan }' }
    pivot: true
outcomes:
  completed: { judge: bad }
---
saga: check-delivery
version: 1
key: input.orderId
triggers:
  - event: dispatch.order.delivered
    link: { saga: deliver-order, key: data.orderId }
steps: [{ end: compared }]
outcomes:
  completed: { judge: "\${ timestamp(input.at) <= timestamp(linked.input.promised) ? 'good' : 'bad' }" }
---
participant: routes
commands: { choose: { effect: none } }
---
participant: legacy-oms
commands:
  cancel-order:
    timeout: 1s
    answeredBy: { event: legacy.order-exported, match: "data.state == 'cancelled'", output: '\${ data }' }
events:
  legacy.order-exported: { key: data.orderId }
`;
