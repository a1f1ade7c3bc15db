import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Instant } from '#libs/messaging';
import { counter, instant } from './columns.js';

/** A record that could not be handled, with its bytes. */
@Entity('saga_parked')
@Index('saga_parked_saga', ['sagaId', 'recordOffset'])
export class ParkedEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'saga_parked_pkey' })
  topic!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'saga_parked_pkey' })
  part!: number;

  @PrimaryColumn({
    name: 'record_offset',
    type: 'bigint',
    transformer: counter,
    primaryKeyConstraintName: 'saga_parked_pkey',
  })
  recordOffset!: number;

  /** The record's own timestamp. */
  @Column({ name: 'record_at', type: 'timestamptz', transformer: instant })
  recordAt!: Instant;

  @Column({ name: 'saga_id', type: 'uuid', nullable: true })
  sagaId!: string | null;

  @Column('text')
  reason!: string;

  @Column('text')
  message!: string;

  /** Waits behind another record of the same saga. */
  @Column('boolean')
  held!: boolean;

  @Column({ type: 'bytea', nullable: true })
  key!: Buffer | null;

  @Column({ type: 'bytea', nullable: true })
  value!: Buffer | null;

  /** JSON text: header name → base64. Text, because a name may hold what the database's own JSON refuses. */
  @Column('text')
  headers!: string;
}
