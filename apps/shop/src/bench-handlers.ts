import { CommandHandlers, rejected } from '#libs/participant';
import type { Arrange } from './shipping/shipping-handlers.js';

interface OfOrder {
  readonly orderId: string;
  readonly total: number;
}

/** The participants of the shop without a database: the same answers, nothing kept. By participant. */
export function benchHandlers(): Readonly<
  Record<'inventory' | 'payment' | 'shipping', CommandHandlers<undefined>>
> {
  return {
    inventory: new CommandHandlers<undefined>()
      .command<OfOrder>('inventory.reserve', ({ orderId }) => ({ reservationId: `reservation-${orderId}` }))
      .command('inventory.release', () => ({ pieces: 0 })),
    payment: new CommandHandlers<undefined>()
      .command<OfOrder>('payment.charge', ({ orderId, total }) => ({
        chargeId: `charge-${orderId}`,
        amount: total,
      }))
      .command<OfOrder>('payment.refund', ({ total }) => ({ amount: total })),
    shipping: new CommandHandlers<undefined>().command<Arrange>('shipping.arrange', ({ orderId, postcode }) =>
      postcode.startsWith('00')
        ? rejected('no-carrier')
        : { carrier: 'north-parcel', trackingCode: `tracking-${orderId}` },
    ),
  };
}
