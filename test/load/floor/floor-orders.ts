import {
  eventHeaders,
  header,
  headerText,
  type Clock,
  type InboundRecord,
  type OutgoingRecord,
} from '#libs/messaging';
import { orderOf } from '../../../apps/shop/src/storefront/order.js';
import { ordersTopic } from '../bench-orders.js';

const orderType = 'shop.order.placed';

/** The event of the nth order. Its key is already in the form of a saga id, so that none has to be derived. */
export function floorOrderRecord(
  topic: string,
  number: number,
  partitions: number,
  clock: Clock,
): OutgoingRecord {
  const order = orderOf('bench', number);
  return {
    topic,
    part: number % partitions,
    key: floorKey(number),
    value: JSON.stringify(order),
    headers: eventHeaders({
      id: order.orderId,
      source: '/shop/storefront',
      type: orderType,
      at: clock.now(),
      hops: 0,
      trace: {},
    }),
  };
}

export function isFloorOrder(record: Pick<InboundRecord, 'topic' | 'headers'>): boolean {
  return record.topic.endsWith(ordersTopic) && headerText(record.headers, header.type) === orderType;
}

/** The number in the key of a message. */
export function floorOrderOf(key: string): number {
  return Number.parseInt(key.slice(-8), 16);
}

function floorKey(number: number): string {
  const twelveBits = (number & 0xfff).toString(16).padStart(3, '0');
  return `01900000-0000-7${twelveBits}-8000-${number.toString(16).padStart(12, '0')}`;
}
