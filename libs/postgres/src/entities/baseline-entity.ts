import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { VersionPeriod } from '#libs/orchestration';

/** How the version before had gone when a version of a saga was published. */
@Entity('saga_baseline')
export class BaselineEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'saga_baseline_pkey' })
  definition!: string;

  @PrimaryColumn({ type: 'integer', primaryKeyConstraintName: 'saga_baseline_pkey' })
  version!: number;

  @Column('json')
  before!: VersionPeriod;
}
