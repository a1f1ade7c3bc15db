import { Column, Entity, PrimaryColumn } from 'typeorm';
import { counter } from './columns.js';

/** How many events one gate of a trigger kept out. */
@Entity('saga_trigger_state')
export class TriggerStateEntity {
  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'saga_trigger_state_pkey' })
  definition!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'saga_trigger_state_pkey' })
  event!: string;

  @PrimaryColumn({ type: 'text', primaryKeyConstraintName: 'saga_trigger_state_pkey' })
  gate!: string;

  @Column({ type: 'bigint', transformer: counter })
  gated!: number;
}
