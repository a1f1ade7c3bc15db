import { cpSync, copyFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { header, headerText, type Clock, type InboundRecord, type OutgoingRecord } from '#libs/messaging';
import { orderOf, type Order } from '../../apps/shop/src/storefront/order.js';
import { placedRecord } from './bench-orders.js';
import type { OrderBook } from './order-book.js';

const placed = 'shop.large-order.placed';
const fulfilled = 'shop.large-order.fulfilled';
const linesOfAnOrder = 20;

/** Its start, an answer for each of its ten steps and one for each line. */
export const transitionsOfLargeOrder = 1 + 10 + linesOfAnOrder;

/** Lays the definitions of the shop and the large order into a folder of their own, and says where. */
export function benchDefinitions(): string {
  const folder = path.join('.skald', 'bench', 'definitions');
  rmSync(folder, { recursive: true, force: true });
  cpSync('apps/shop/definitions', folder, { recursive: true });
  copyFileSync('test/load/large-order.saga.yaml', path.join(folder, 'large-order.saga.yaml'));
  return folder;
}

/** The event that places the nth large order. */
export function largeOrderRecord(number: number, partitions: number, clock: Clock): OutgoingRecord {
  return placedRecord(placed, largeOrder(number), partitions, clock);
}

function largeOrder(number: number): Order {
  const order = orderOf('plain', number);
  const lines = Array.from({ length: linesOfAnOrder }, (_, index) => ({
    article: `article-${index}`,
    quantity: 1,
    price: 100 + index,
  }));
  return { ...order, orderId: largeOrderId(number), lines };
}

function largeOrderId(number: number): string {
  return `large-${String(number).padStart(7, '0')}`;
}

/** Enters a large order or its outcome into the book. */
export function enterLargeOrder(book: OrderBook, record: InboundRecord): void {
  const type = headerText(record.headers, header.type);
  if (type !== placed && type !== fulfilled) return;
  const number = Number(record.key?.toString('utf8').split('-')[1]);
  if (type === placed) return book.placed(number, record.timestamp);
  const said = JSON.parse(record.value?.toString('utf8') ?? 'null') as { orderId?: unknown } | null;
  book.noteOutcome({
    number,
    id: headerText(record.headers, header.id) ?? '',
    ending: 'fulfilled',
    isSound: said?.orderId === largeOrderId(number),
    at: record.timestamp,
  });
}
