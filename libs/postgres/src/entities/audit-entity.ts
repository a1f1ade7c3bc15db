import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Instant } from '#libs/messaging';
import { instant } from './columns.js';

/** The answer to one request of an operator or of the API. Append-only, which the database sees to. */
@Entity('saga_audit')
@Index('saga_audit_saga', ['sagaId', 'at'])
export class AuditEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'saga_audit_pkey' })
  request!: string;

  /** All zeros when the request was not about a saga. */
  @Column({ name: 'saga_id', type: 'uuid' })
  sagaId!: string;

  @Column({ type: 'timestamptz', transformer: instant })
  at!: Instant;

  @Column('text')
  action!: string;

  @Column({ name: 'asked_by', type: 'text' })
  askedBy!: string;

  @Column({ type: 'text', nullable: true })
  reason!: string | null;

  @Column('text')
  result!: 'done' | 'duplicate' | 'refused';

  @Column('text')
  detail!: string;
}
