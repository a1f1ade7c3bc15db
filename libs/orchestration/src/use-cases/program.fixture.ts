import { compileDefinitions, type Program } from '#libs/saga';

/** An order saga as YAML; its participants and events make the topics a publication needs. */
export const orderText = `saga: order
version: 1
key: input.orderId
input: { type: object, required: [orderId], properties: { orderId: { type: string } } }
triggers: [{ event: shop.order.placed }]
steps:
  - step: reserveStock
    call: inventory.reserve
    compensate: inventory.release
  - wait: coolDown
    for: 1h
  - step: chargeCard
    call: payment.charge
    pivot: true
outcomes:
  completed: { emit: billing.order.paid }
`;

/** The compiled program of {@link orderText}. */
export function orderProgram(): Program {
  const { programs, problems } = compileDefinitions([{ file: 'order.yaml', text: orderText }]);
  if (programs[0] === undefined) throw new Error(JSON.stringify(problems));
  return programs[0];
}
