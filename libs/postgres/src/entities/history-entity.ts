import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Instant } from '#libs/messaging';
import { instant } from './columns.js';

/** What one commit did to one saga. Append-only, which the database sees to; partitioned by the day of `at`. */
@Entity('saga_history')
export class HistoryEntity {
  @PrimaryColumn({ name: 'saga_id', type: 'uuid', primaryKeyConstraintName: 'saga_history_pkey' })
  sagaId!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'saga_history_pkey' })
  revision!: number;

  @PrimaryColumn({ type: 'timestamptz', transformer: instant, primaryKeyConstraintName: 'saga_history_pkey' })
  at!: Instant;

  /** JSON text. */
  @Column('text')
  entries!: string;
}
