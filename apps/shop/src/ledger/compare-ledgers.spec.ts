import { describe, expect, it } from '@jest/globals';
import { findOrder, orderIdOf, orderOf } from '../storefront/order.js';
import { compareLedgers, differenceText } from './compare-ledgers.js';
import type { OrderLedger } from './ledgers.js';

const order = orderOf('plain', 1);
const { orderId } = order;
const pieces = Object.fromEntries(order.lines.map((line) => [line.article, line.quantity]));
const right: OrderLedger = { orderId, pieces, charged: order.total, shipments: 1 };
const none: OrderLedger = { orderId, pieces: {}, charged: 0, shipments: 0 };

describe('ledgers and sagas', () => {
  it('agree when each order was handled as its saga says', () => {
    expect(compare('completed', right)).toEqual([]);
    expect(compare('compensated', none)).toEqual([]);
    expect(compare('cancelled')).toEqual([]);
  });

  it('differ by a cent', () => {
    expect(compare('completed', { ...right, charged: order.total - 1 })).toEqual([
      `${orderId} (saga s-1): money: expected ${order.total}, found ${order.total - 1}`,
    ]);
  });

  it('differ by a piece, a shipment or something left behind', () => {
    const [article] = Object.keys(pieces);
    const more = { ...right, pieces: { ...pieces, [article!]: 99, unicorn: 1 }, shipments: 2 };

    expect(compare('completed', more)).toHaveLength(3);
    expect(compare('compensated', { ...none, pieces: { lamp: 1 } })).toEqual([
      `${orderId} (saga s-1): lamp: expected 0, found 1`,
    ]);
  });

  it('cannot agree before a saga has ended', () => {
    expect(compare('compensating', right)).toEqual([
      `${orderId} (saga s-1): status: expected completed, compensated or cancelled, found compensating`,
    ]);
  });

  it('differ when an order has no saga', () => {
    const ledgers = { orders: new Map([[orderId, right]]), faults: [] };

    expect(compareLedgers([], ledgers).map(differenceText)).toEqual([
      `${orderId}: status: expected a saga, found none`,
    ]);
  });

  it('differ when a ledger contradicts itself', () => {
    const ledgers = {
      orders: new Map<string, OrderLedger>(),
      faults: ['payment: operation x did its charge 2 times'],
    };

    expect(compareLedgers([], ledgers)).toHaveLength(1);
  });

  it('count two sagas of one order together', () => {
    const ledgers = { orders: new Map([[orderId, right]]), faults: [] };
    const sagas = ['compensated', 'completed'].map((status, index) => ({
      id: `s-${index}`,
      businessKey: orderId,
      status,
    }));

    expect(compareLedgers(sagas, ledgers)).toEqual([]);
  });
});

describe('the order behind an id', () => {
  it('is the one that was placed', () => {
    for (const mix of ['plain', 'bench', 'demo', 'rough'] as const) {
      for (let number = 1; number <= 100; number += 1) {
        const { lines, total } = orderOf(mix, number);
        expect(total).toBe(lines.reduce((sum, line) => sum + line.price * line.quantity, 0));
        expect(findOrder(orderIdOf(mix, number))).toEqual(orderOf(mix, number));
      }
    }
    expect(findOrder('demo-12')).toBeUndefined();
    expect(findOrder('wild-0000012')).toBeUndefined();
  });
});

function compare(status: string, ledger?: OrderLedger): readonly string[] {
  const orders = new Map(ledger === undefined ? [] : [[orderId, ledger]]);
  return compareLedgers([{ id: 's-1', businessKey: orderId, status }], { orders, faults: [] }).map(
    differenceText,
  );
}
