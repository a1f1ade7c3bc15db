import {
  eventHeaders,
  eventPartition,
  eventTopic,
  headerText,
  header,
  type Clock,
  type InboundRecord,
  type OutgoingRecord,
} from '#libs/messaging';
import { orderIdOf, orderOf, type Order } from '../../apps/shop/src/storefront/order.js';
import { orderPlaced } from '../../apps/shop/src/storefront/storefront.js';
import type { Ending, OrderBook, Outcome } from './order-book.js';

/** The topic of orders and outcomes. */
export const ordersTopic = eventTopic(orderPlaced);

const refusal = 'no-carrier';

/** An order takes four inputs, one in ten of them six. */
export const transitionsOfOrder = 4.2;

/** How the nth order has to end: shipping refuses every tenth. */
export function endingOf(order: number): Ending {
  return order % 10 === 0 ? 'rejected' : 'fulfilled';
}

/** The event that places the nth order. */
export function orderRecord(number: number, partitions: number, clock: Clock): OutgoingRecord {
  return placedRecord(orderPlaced, orderOf('bench', number), partitions, clock);
}

/** The event `type` that places an order. */
export function placedRecord(type: string, order: Order, partitions: number, clock: Clock): OutgoingRecord {
  const { orderId } = order;
  return {
    topic: ordersTopic,
    part: eventPartition(orderId, partitions),
    key: orderId,
    value: JSON.stringify(order),
    headers: eventHeaders({
      id: orderId,
      source: '/shop/storefront',
      type,
      at: clock.now(),
      hops: 0,
      trace: {},
    }),
  };
}

/** Enters an order or an outcome into the book. */
export function enterRecord(book: OrderBook, record: InboundRecord): void {
  const type = headerText(record.headers, header.type);
  if (type === orderPlaced) book.placed(numberOf(record.key), record.timestamp);
  const ending = type === undefined ? undefined : endings.get(type);
  if (ending !== undefined) book.noteOutcome(outcomeOf(record, ending));
}

const endings: ReadonlyMap<string, Ending> = new Map([
  ['shop.order.fulfilled', 'fulfilled'],
  ['shop.order.rejected', 'rejected'],
]);

function outcomeOf(record: InboundRecord, ending: Ending): Outcome {
  const number = numberOf(record.key);
  return {
    number,
    id: headerText(record.headers, header.id) ?? '',
    ending,
    isSound: saysWhatItMust(record, number, ending),
    at: record.timestamp,
  };
}

function saysWhatItMust(record: InboundRecord, number: number, ending: Ending): boolean {
  const said = JSON.parse(record.value?.toString('utf8') ?? 'null') as {
    orderId?: unknown;
    reason?: unknown;
  } | null;
  if (said?.orderId !== orderIdOf('bench', number)) return false;
  return said.reason === (ending === 'rejected' ? refusal : undefined);
}

/** Order ids end in their number. */
function numberOf(key: Buffer | null): number {
  const text = key?.toString('latin1') ?? '';
  return Number(text.slice(text.lastIndexOf('-') + 1));
}
