import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Instant } from '#libs/messaging';
import { counter, instant } from './columns.js';

/** A text of a document without versions that another one took the place of: sagas that began with it keep it. */
@Entity('saga_definition_former')
export class FormerDefinitionEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'saga_definition_former_pkey' })
  kind!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'saga_definition_former_pkey' })
  name!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'saga_definition_former_pkey' })
  version!: number;

  /** The publication that brought this text. */
  @PrimaryColumn({
    type: 'bigint',
    transformer: counter,
    primaryKeyConstraintName: 'saga_definition_former_pkey',
  })
  revision!: number;

  @Column('text')
  file!: string;

  @Column('text')
  text!: string;

  @Column({ name: 'published_at', type: 'timestamptz', transformer: instant })
  publishedAt!: Instant;

  @Column({ name: 'published_by', type: 'text' })
  publishedBy!: string;
}
