import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Instant } from '#libs/messaging';
import { counter, instant } from './columns.js';

/** One partition of one topic: who holds it and how far it is. */
@Entity('saga_lane')
export class LaneEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'saga_lane_pkey' })
  topic!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'saga_lane_pkey' })
  part!: number;

  @Column({ type: 'bigint', transformer: counter })
  epoch!: number;

  @Column({ type: 'bigint', transformer: counter })
  seq!: number;

  @Column({ name: 'next_offset', type: 'bigint', nullable: true, transformer: counter })
  nextOffset!: number | null;

  @Column({ name: 'anchor_offset', type: 'bigint', nullable: true, transformer: counter })
  anchorOffset!: number | null;

  @Column({ name: 'anchor_at', type: 'timestamptz', nullable: true, transformer: instant })
  anchorAt!: Instant | null;

  @Column({ name: 'anchor_checksum', type: 'bigint', nullable: true, transformer: counter })
  anchorChecksum!: number | null;

  @Column('integer')
  takeovers!: number;

  /** How often somebody began to fold the next record and did not come back. */
  @Column('integer')
  attempts!: number;

  @Column('text')
  owner!: string;

  @Column({ name: 'taken_at', type: 'timestamptz', transformer: instant })
  takenAt!: Instant;
}
