import { Entity, Index, PrimaryColumn } from 'typeorm';
import type { Instant } from '#libs/messaging';
import { instant } from './columns.js';
import { InstanceColumns } from './instance-columns.js';

/** A saga that has ended. Partitioned by the day of its end, which the time in its id bounds from below. */
@Entity('saga_archive')
@Index('saga_archive_business_key', ['businessKey'], { type: 'hash' })
export class ArchiveEntity extends InstanceColumns {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'saga_archive_pkey' })
  id!: string;

  @PrimaryColumn({
    name: 'finished_at',
    type: 'timestamptz',
    transformer: instant,
    primaryKeyConstraintName: 'saga_archive_pkey',
  })
  finishedAt!: Instant;
}
