import { Column, Entity, PrimaryColumn, PrimaryGeneratedColumn, type ValueTransformer } from 'typeorm';

/** Postgres gives bigint as text; amounts fit a double up to 90 trillion. */
const amount: ValueTransformer = { to: (value: number) => value, from: (value: string) => Number(value) };

/** A card and what has been spent with it, in minor units. */
@Entity({ name: 'card' })
export class Card {
  @PrimaryColumn({ type: 'text' })
  card!: string;

  @Column({ type: 'bigint', transformer: amount })
  spent!: number;
}

/** Money that was taken or given back. There may be two of one operation if something went wrong: then it shows. */
@Entity({ name: 'ledger' })
export class PaymentEntry {
  @PrimaryGeneratedColumn('identity', { type: 'bigint' })
  id!: string;

  @Column({ name: 'order_id', type: 'text' })
  orderId!: string;

  @Column({ type: 'text' })
  operation!: string;

  @Column({ type: 'text' })
  kind!: 'charge' | 'refund';

  @Column({ type: 'text' })
  card!: string;

  @Column({ type: 'bigint', transformer: amount })
  amount!: number;
}
