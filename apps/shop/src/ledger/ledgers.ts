import type { Pool } from 'pg';

/** What the three ledgers say about one order. Money in minor units. */
export interface OrderLedger {
  readonly orderId: string;
  /** Pieces reserved less pieces released, by article; articles that are back at 0 are left out. */
  readonly pieces: Readonly<Record<string, number>>;
  /** Charges less refunds. */
  readonly charged: number;
  readonly shipments: number;
}

/** Everything the ledgers say. */
export interface Ledgers {
  readonly orders: ReadonlyMap<string, OrderLedger>;
  /** What is wrong within the ledgers themselves: operations that took effect twice, sums that do not add up. */
  readonly faults: readonly string[];
}

interface Movement {
  readonly order_id: string;
  readonly article: string;
  readonly pieces: string;
}

interface Sum {
  readonly order_id: string;
  readonly sum: string;
}

/** Reads the ledgers of inventory, payment and shipping. */
export async function readLedgers(pool: Pool): Promise<Ledgers> {
  const moved = await pool.query<Movement>(`select order_id, article,
      sum(case kind when 'reserve' then quantity else -quantity end) as pieces
    from inventory.ledger group by order_id, article`);
  const paid = await pool.query<Sum>(`select order_id,
      sum(case kind when 'charge' then amount else -amount end) as sum
    from payment.ledger group by order_id`);
  const shipped = await pool.query<Sum>(
    'select order_id, count(*) as sum from shipping.ledger group by order_id',
  );
  return { orders: byOrder(moved.rows, paid.rows, shipped.rows), faults: await faultsOf(pool) };
}

function byOrder(
  moved: readonly Movement[],
  paid: readonly Sum[],
  shipped: readonly Sum[],
): Ledgers['orders'] {
  const charged = new Map(paid.map((row) => [row.order_id, Number(row.sum)]));
  const shipments = new Map(shipped.map((row) => [row.order_id, Number(row.sum)]));
  const pieces = new Map<string, Record<string, number>>();
  for (const row of moved) {
    const articles = pieces.get(row.order_id) ?? {};
    if (Number(row.pieces) !== 0) articles[row.article] = Number(row.pieces);
    pieces.set(row.order_id, articles);
  }
  const orderIds = new Set([...pieces.keys(), ...charged.keys(), ...shipments.keys()]);
  return new Map(
    [...orderIds].map((orderId) => [
      orderId,
      {
        orderId,
        pieces: pieces.get(orderId) ?? {},
        charged: charged.get(orderId) ?? 0,
        shipments: shipments.get(orderId) ?? 0,
      },
    ]),
  );
}

/** Each yields one line of text per fault. */
const faultQueries: readonly string[] = [
  `select 'inventory: operation ' || operation || ' moved ' || article || ' ' || count(*) || ' times' as fault
   from inventory.ledger group by operation, kind, article having count(*) > 1`,
  `select 'payment: operation ' || operation || ' did its ' || kind || ' ' || count(*) || ' times' as fault
   from payment.ledger group by operation, kind having count(*) > 1`,
  `select 'shipping: operation ' || operation || ' shipped ' || count(*) || ' times' as fault
   from shipping.ledger group by operation having count(*) > 1`,
  `select 'inventory: stock of ' || s.article || ' is ' || s.available || ', its ledger says ' || s.initial - l.net as fault
   from inventory.stock s join (
     select article, sum(case kind when 'reserve' then quantity else -quantity end) as net from inventory.ledger group by article
   ) l using (article) where s.available <> s.initial - l.net`,
  `select 'payment: card ' || c.card || ' has spent ' || c.spent || ', its ledger says ' || l.net as fault
   from payment.card c join (
     select card, sum(case kind when 'charge' then amount else -amount end) as net from payment.ledger group by card
   ) l using (card) where c.spent <> l.net`,
];

async function faultsOf(pool: Pool): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const query of faultQueries) {
    const { rows } = await pool.query<{ fault: string }>(query);
    faults.push(...rows.map((row) => row.fault));
  }
  return faults;
}
