import { plainText } from '../behaviour.js';
import { findOrder, type Order } from '../storefront/order.js';
import type { Ledgers, OrderLedger } from './ledgers.js';

/** A saga as the coordinator tells it. */
export interface SagaOfOrder {
  readonly id: string;
  /** The order id. */
  readonly businessKey: string;
  readonly status: string;
}

/** One thing that does not agree. */
export interface LedgerDifference {
  readonly orderId: string;
  readonly saga?: string;
  /** What it is about: an article, `money` in minor units, `shipments`, `status`, or the `ledgers` themselves. */
  readonly what: string;
  readonly expected: string;
  readonly found: string;
}

/** How to compare. */
export interface ComparisonOptions {
  /** The order behind a business key. Default: what the storefront makes of it. */
  readonly orderOf?: (businessKey: string) => Order | undefined;
}

const nothing: Omit<OrderLedger, 'orderId'> = { pieces: {}, charged: 0, shipments: 0 };

/**
 * Compares the participants' ledgers with the sagas, to the cent and the unit.
 *
 * A completed saga has taken its pieces, its money and one shipment; a compensated or cancelled one nothing at all. A
 * saga that has not ended is a difference, since its ledgers cannot be judged, and so is an order without a saga. Of
 * several sagas of one order (a key that was used again) what they did counts together.
 */
export function compareLedgers(
  sagas: readonly SagaOfOrder[],
  ledgers: Ledgers,
  options: ComparisonOptions = {},
): readonly LedgerDifference[] {
  const orderOf = options.orderOf ?? findOrder;
  const differences: LedgerDifference[] = ledgers.faults.map((found) => ({
    orderId: '',
    what: 'ledgers',
    expected: 'each operation effective once, sums that add up',
    found,
  }));
  for (const [orderId, ofOrder] of byBusinessKey(sagas)) {
    const open = ofOrder.filter((saga) => !isFinal(saga.status));
    differences.push(...open.map(unfinished));
    if (open.length === 0) differences.push(...compareOrder(orderId, ofOrder, orderOf(orderId), ledgers));
  }
  return [...differences, ...withoutSaga(sagas, ledgers)];
}

/** A difference as one line of text. */
export function differenceText({ orderId, saga, what, expected, found }: LedgerDifference): string {
  const about = orderId === '' ? '' : `${orderId}${saga === undefined ? '' : ` (saga ${saga})`}: `;
  return `${about}${what}: expected ${expected}, found ${found}`;
}

function compareOrder(
  orderId: string,
  sagas: readonly SagaOfOrder[],
  order: Order | undefined,
  ledgers: Ledgers,
): readonly LedgerDifference[] {
  const saga = sagas[0]!.id;
  const completed = sagas.filter((one) => one.status === 'completed').length;
  if (completed > 0 && order === undefined) {
    return [
      { orderId, saga, what: 'status', expected: 'an order that is known', found: 'no order of that id' },
    ];
  }
  const expected = completed === 0 || order === undefined ? nothing : taken(order, completed);
  const found = ledgers.orders.get(orderId) ?? nothing;
  const articles = new Set([...Object.keys(expected.pieces), ...Object.keys(found.pieces)]);
  const pairs: (readonly [string, number, number])[] = [
    ...[...articles].map(
      (article) => [article, expected.pieces[article] ?? 0, found.pieces[article] ?? 0] as const,
    ),
    ['money', expected.charged, found.charged],
    ['shipments', expected.shipments, found.shipments],
  ];
  return pairs
    .filter(([, wanted, is]) => wanted !== is)
    .map(([what, wanted, is]) => ({ orderId, saga, what, expected: String(wanted), found: String(is) }));
}

function byBusinessKey(sagas: readonly SagaOfOrder[]): ReadonlyMap<string, readonly SagaOfOrder[]> {
  const groups = new Map<string, SagaOfOrder[]>();
  for (const saga of sagas) {
    const group = groups.get(saga.businessKey);
    if (group === undefined) groups.set(saga.businessKey, [saga]);
    else group.push(saga);
  }
  return groups;
}

function taken(order: Order, times: number): Omit<OrderLedger, 'orderId'> {
  const pieces: Record<string, number> = {};
  for (const { article, quantity } of order.lines) {
    const name = plainText(article);
    pieces[name] = (pieces[name] ?? 0) + quantity * times;
  }
  return { pieces, charged: order.total * times, shipments: times };
}

function unfinished({ businessKey, id, status }: SagaOfOrder): LedgerDifference {
  return {
    orderId: businessKey,
    saga: id,
    what: 'status',
    expected: 'completed, compensated or cancelled',
    found: status,
  };
}

function withoutSaga(sagas: readonly SagaOfOrder[], ledgers: Ledgers): readonly LedgerDifference[] {
  const known = new Set(sagas.map((saga) => saga.businessKey));
  return [...ledgers.orders.keys()]
    .filter((orderId) => !known.has(orderId))
    .map((orderId) => ({ orderId, what: 'status', expected: 'a saga', found: 'none' }));
}

function isFinal(status: string): boolean {
  return status === 'completed' || status === 'compensated' || status === 'cancelled';
}
