import { Column, Entity, PrimaryColumn } from 'typeorm';
import { counter } from './columns.js';

/** The messages of one commit of one lane, until the broker has acknowledged them. */
@Entity('saga_outbox')
export class OutboxEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'saga_outbox_pkey' })
  topic!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'saga_outbox_pkey' })
  part!: number;

  @PrimaryColumn({ type: 'bigint', transformer: counter, primaryKeyConstraintName: 'saga_outbox_pkey' })
  seq!: number;

  @Column('text')
  payload!: string;
}
