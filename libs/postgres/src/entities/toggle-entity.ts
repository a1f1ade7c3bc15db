import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Instant } from '#libs/messaging';
import { counter, instant } from './columns.js';

/** What a toggle is since somebody switched it. */
@Entity('saga_toggle')
export class ToggleEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'saga_toggle_pkey' })
  definition!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'saga_toggle_pkey' })
  toggle!: string;

  @Column({ name: 'is_on', type: 'boolean' })
  on!: boolean;

  @Column({ type: 'bigint', transformer: counter })
  revision!: number;

  @Column({ name: 'switched_at', type: 'timestamptz', transformer: instant })
  at!: Instant;

  @Column({ name: 'switched_by', type: 'text' })
  by!: string;

  @Column('text')
  reason!: string;

  /** Not every running saga is known to have heard of it. */
  @Column({ name: 'is_new', type: 'boolean' })
  isNew!: boolean;
}
