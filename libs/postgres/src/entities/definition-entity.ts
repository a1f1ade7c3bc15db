import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Instant } from '#libs/messaging';
import { counter, instant } from './columns.js';

/** A published document, as written. */
@Entity('saga_definition')
export class DefinitionEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'saga_definition_pkey' })
  kind!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'saga_definition_pkey' })
  name!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'saga_definition_pkey' })
  version!: number;

  @Column('text')
  file!: string;

  @Column('text')
  text!: string;

  /** The publication that brought this text. */
  @Column({ type: 'bigint', transformer: counter })
  revision!: number;

  @Column({ name: 'published_at', type: 'timestamptz', transformer: instant })
  publishedAt!: Instant;

  @Column({ name: 'published_by', type: 'text' })
  publishedBy!: string;
}
