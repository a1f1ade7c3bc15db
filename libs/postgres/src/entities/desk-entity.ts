import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Instant } from '#libs/messaging';
import { instant } from './columns.js';

/** What is remembered under a key although it is no saga. What never changes stands first. */
@Entity('saga_desk')
@Index('saga_desk_wake', ['home', 'wakeAt'], { where: '(wake_at IS NOT NULL)' })
@Index('saga_desk_expiry', ['expiresAt'], { where: '(expires_at IS NOT NULL)' })
@Index('saga_desk_kind', ['kind', 'id'])
@Index('saga_desk_tags', ['tags'], { type: 'gin' })
export class DeskEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'saga_desk_pkey' })
  id!: string;

  @Column('text')
  kind!: string;

  @Column('text')
  key!: string;

  @Column('integer')
  home!: number;

  @Column({ name: 'wake_at', type: 'timestamptz', nullable: true, transformer: instant })
  wakeAt!: Instant | null;

  @Column({ name: 'expires_at', type: 'timestamptz', nullable: true, transformer: instant })
  expiresAt!: Instant | null;

  @Column('boolean')
  held!: boolean;

  @Column({ type: 'text', array: true })
  tags!: string[];

  /** JSON text; never looked into by the database. */
  @Column('text')
  state!: string;
}
