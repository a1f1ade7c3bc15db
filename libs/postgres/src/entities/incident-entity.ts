import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Instant } from '#libs/messaging';
import { instant } from './columns.js';

/** What a person has to look at. */
@Entity('saga_incident')
@Index('saga_incident_open', ['openedAt'], { where: '(closed_at IS NULL)' })
export class IncidentEntity {
  /** All zeros for an incident of a lane. */
  @PrimaryColumn({ name: 'saga_id', type: 'uuid', primaryKeyConstraintName: 'saga_incident_pkey' })
  sagaId!: string;

  @PrimaryColumn({ name: 'incident_id', type: 'text', primaryKeyConstraintName: 'saga_incident_pkey' })
  incidentId!: string;

  @Column({ type: 'text', nullable: true })
  block!: string | null;

  @Column('text')
  code!: string;

  @Column('text')
  message!: string;

  @Column({ name: 'opened_at', type: 'timestamptz', transformer: instant })
  openedAt!: Instant;

  @Column({ name: 'closed_at', type: 'timestamptz', nullable: true, transformer: instant })
  closedAt!: Instant | null;
}
