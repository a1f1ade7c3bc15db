import { Column, Entity, PrimaryColumn } from 'typeorm';

/** How far the schema is, and how old a worker may be that runs on it: one row. */
@Entity('saga_schema')
export class SchemaEntity {
  @PrimaryColumn({ type: 'smallint', primaryKeyConstraintName: 'saga_schema_pkey' })
  slot!: number;

  /** Number of the newest migration. */
  @Column('integer')
  version!: number;

  /** Schema version of the oldest workers that may keep running. */
  @Column({ name: 'oldest_worker', type: 'integer' })
  oldestWorker!: number;
}
