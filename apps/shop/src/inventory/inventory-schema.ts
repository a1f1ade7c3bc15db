/** Tables of the inventory. Safe to run at each start. */
export const inventorySchema: readonly string[] = [
  'create schema if not exists inventory',
  `create table if not exists inventory.stock (
  article text primary key,
  initial bigint not null,
  available bigint not null check (available >= 0)
)`,
  // No uniqueness over operations: a unit that moved twice has to show up in the ledger, not be refused by it.
  `create table if not exists inventory.ledger (
  id bigint generated always as identity primary key,
  order_id text not null,
  operation text not null,
  kind text not null check (kind in ('reserve', 'release')),
  article text not null,
  quantity bigint not null,
  created_at timestamptz not null default now()
)`,
  'create index if not exists ledger_operation on inventory.ledger (operation)',
  `insert into inventory.stock (article, initial, available)
  select article, pieces, pieces from (values ('lamp', 1000000000), ('chair', 1000000000), ('table', 1000000000),
    ('vase', 1000000000), ('rug', 1000000000), ('unicorn', 0)) as goods (article, pieces)
  on conflict do nothing`,
];
