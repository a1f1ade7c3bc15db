import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Instant } from '#libs/messaging';
import { counter, instant } from './columns.js';

/** A file that published documents refer to. */
@Entity('saga_definition_file')
export class DefinitionFileEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'saga_definition_file_pkey' })
  path!: string;

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
