import type { Instant, Json, Log, SagaId } from '#libs/messaging';
import type { ChildStarter } from './desks/child-sagas.js';
import type { Desk } from './desks/desk.js';
import type { LiveDesk } from './desks/live-desk.js';
import type { Followers } from './ending-messages.js';
import type { LaneSettings } from './lane-settings.js';
import type { ParkedRow } from './lane-store.js';
import type { Link } from './linked-saga.js';
import type { LiveSaga } from './live-saga.js';
import type { SagaMetrics } from './saga-metrics.js';

/** What a fold knows of the stored world. Everything a batch needs is here before folding begins. */
export interface FoldingView {
  /** The saga as last committed, if it is live. */
  find(saga: SagaId): LiveSaga | undefined;
  /** The desk as last committed, if it remembers anything. */
  findDesk(id: string): LiveDesk | undefined;
  /** A wake-up of the saga comes too early: its clock does not run yet, because of a command that has not left or left late. */
  isAsleep(saga: SagaId, due: Instant, now: Instant): boolean;
  /** Starts that the store knows as duplicates: saga id → the id that won. */
  readonly winners: ReadonlyMap<SagaId, SagaId>;
  /** Sagas named in this batch that ended long ago. */
  readonly archived: ReadonlySet<SagaId>;
  /** For held sagas with an action in this batch: the records that hold them, in order. */
  readonly heldRows: ReadonlyMap<SagaId, readonly ParkedRow[]>;
  /** The saga that a start of this batch is linked to, as it stood when the batch was loaded. */
  findLinked(link: Link): Json | undefined;
}

/** What a fold may use. */
export interface FoldingOptions extends ChildStarter {
  readonly settings: LaneSettings;
  readonly metrics: Pick<SagaMetrics, 'enabled'>;
  readonly log: Pick<Log, 'isDetailed'>;
  /** The desks there are, by kind. */
  readonly desks: ReadonlyMap<string, Desk>;
  readonly definitions: ChildStarter['definitions'] & Followers;
}
