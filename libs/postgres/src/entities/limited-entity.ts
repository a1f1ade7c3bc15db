import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Instant } from '#libs/messaging';
import { counter, instant } from './columns.js';

/** A command that waits for its limit or counts against it. */
@Entity('saga_limited')
@Index('saga_limited_by', ['limitedBy'])
@Index('saga_limited_saga', ['sagaId'])
export class LimitedEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'saga_limited_pkey' })
  topic!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'saga_limited_pkey' })
  part!: number;

  @PrimaryColumn({ type: 'bigint', transformer: counter, primaryKeyConstraintName: 'saga_limited_pkey' })
  seq!: number;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'saga_limited_pkey' })
  n!: number;

  @Column({ name: 'saga_id', type: 'uuid' })
  sagaId!: string;

  @Column('text')
  operation!: string;

  @Column('integer')
  attempt!: number;

  @Column({ name: 'limited_by', type: 'text' })
  limitedBy!: string;

  @Column({ name: 'queued_at', type: 'timestamptz', transformer: instant })
  queuedAt!: Instant;

  @Column({ name: 'is_granted', type: 'boolean' })
  isGranted!: boolean;

  /** The message, encoded; null once the broker has it. */
  @Column({ type: 'text', nullable: true })
  payload!: string | null;
}
