import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Instant } from '#libs/messaging';
import { instant } from './columns.js';

/** What was fixed at installation: one row. */
@Entity('saga_installation')
export class InstallationEntity {
  /** Always 1, so that there cannot be two. */
  @PrimaryColumn({ type: 'smallint', primaryKeyConstraintName: 'saga_installation_pkey' })
  slot!: number;

  @Column('text')
  name!: string;

  @Column({ name: 'home_topic', type: 'text' })
  homeTopic!: string;

  @Column({ name: 'home_partitions', type: 'integer' })
  homePartitions!: number;

  @Column({ name: 'lane_group', type: 'text' })
  laneGroup!: string;

  @Column({ name: 'gate_group', type: 'text' })
  gateGroup!: string;

  @Column({ name: 'created_at', type: 'timestamptz', transformer: instant })
  createdAt!: Instant;
}
