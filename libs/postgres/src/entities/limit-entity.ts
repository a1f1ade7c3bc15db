import { Column, Entity, PrimaryColumn } from 'typeorm';

/** What all coordinators remember of a limit. */
@Entity('saga_limit')
export class LimitEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'saga_limit_pkey' })
  name!: string;

  /** JSON text; never looked into by the database. */
  @Column('text')
  state!: string;
}
