/** Tables of the shipping participant. Safe to run at each start. */
export const shippingSchema: readonly string[] = [
  'create schema if not exists shipping',
  `create table if not exists shipping.ledger (
  id bigint generated always as identity primary key,
  order_id text not null,
  operation text not null,
  postcode text not null,
  carrier text not null,
  created_at timestamptz not null default now()
)`,
  'create index if not exists ledger_operation on shipping.ledger (operation)',
  // Carriers that answer later: what was accepted and is not arranged yet.
  `create table if not exists shipping.request (
  operation text primary key,
  order_id text not null,
  postcode text not null,
  due_at timestamptz not null
)`,
];
