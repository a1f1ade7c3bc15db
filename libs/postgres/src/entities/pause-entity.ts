import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Instant } from '#libs/messaging';
import type { PausedKind } from '#libs/orchestration';
import { counter, instant } from './columns.js';

/** What somebody has paused, and maybe resumed. */
@Entity('saga_pause')
export class PauseEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'saga_pause_pkey' })
  kind!: PausedKind;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'saga_pause_pkey' })
  name!: string;

  @Column({ type: 'bigint', transformer: counter })
  revision!: number;

  @Column({ name: 'paused_at', type: 'timestamptz', transformer: instant })
  at!: Instant;

  @Column({ name: 'paused_by', type: 'text' })
  by!: string;

  @Column('text')
  reason!: string;

  @Column({ name: 'resumed_at', type: 'timestamptz', nullable: true, transformer: instant })
  resumedAt!: Instant | null;

  @Column({ name: 'resumed_by', type: 'text', nullable: true })
  resumedBy!: string | null;

  @Column({ name: 'resumed_reason', type: 'text', nullable: true })
  resumedReason!: string | null;

  /** From then on nothing of it counts any more; absent while nobody has resumed it. */
  @Column({ name: 'over_at', type: 'timestamptz', nullable: true, transformer: instant })
  overAt!: Instant | null;
}
