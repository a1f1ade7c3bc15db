import { Column } from 'typeorm';
import type { SagaStatus } from '#libs/saga';
import type { Instant } from '#libs/messaging';
import { instant } from './columns.js';

/**
 * What a live and an archived instance have in common. What never changes stands first: an update then logs only the
 * changed end of the row.
 */
export abstract class InstanceColumns {
  @Column({ name: 'started_at', type: 'timestamptz', transformer: instant })
  startedAt!: Instant;

  @Column('integer')
  home!: number;

  @Column('integer')
  version!: number;

  @Column('text')
  definition!: string;

  @Column({ name: 'business_key', type: 'text' })
  businessKey!: string;

  @Column({ name: 'key_hash', type: 'bytea' })
  keyHash!: Buffer;

  @Column('text')
  trace!: string;

  @Column({ name: 'wake_at', type: 'timestamptz', nullable: true, transformer: instant })
  wakeAt!: Instant | null;

  @Column('integer')
  revision!: number;

  @Column('text')
  status!: SagaStatus;

  @Column('boolean')
  incident!: boolean;

  @Column('boolean')
  held!: boolean;

  /** JSON text; looked into by the database where it counts stages, and never while sagas move. */
  @Column('text')
  state!: string;
}
