import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Instant } from '#libs/messaging';
import { instant } from './columns.js';
import { InstanceColumns } from './instance-columns.js';

/**
 * A live saga, or one that ended a short while ago.
 *
 * No indexed column changes with an ordinary transition, so that Postgres updates the row in its page without touching
 * any index; `finished_at`, which stands in conditions of indexes, changes once in a saga's life.
 */
@Entity('saga_instance')
@Index('saga_instance_wake', ['home', 'wakeAt'], { where: '(finished_at IS NULL)' })
@Index('saga_instance_finished', ['finishedAt'], { where: '(finished_at IS NOT NULL)' })
@Index('saga_instance_incident', ['id'], { where: 'incident' })
// A hash index, because keys may be longer than a page of a tree takes.
@Index('saga_instance_business_key', ['businessKey'], { type: 'hash' })
export class InstanceEntity extends InstanceColumns {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'saga_instance_pkey' })
  id!: string;

  @Column({ name: 'finished_at', type: 'timestamptz', nullable: true, transformer: instant })
  finishedAt!: Instant | null;
}
