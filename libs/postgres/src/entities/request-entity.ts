import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Instant } from '#libs/messaging';
import { instant } from './columns.js';

/** Identity of a start by API, fixed before it is produced. */
@Entity('saga_request')
export class RequestEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'saga_request_pkey' })
  request!: string;

  @Column({ name: 'saga_id', type: 'uuid' })
  sagaId!: string;

  @Column({ type: 'timestamptz', transformer: instant })
  at!: Instant;
}
