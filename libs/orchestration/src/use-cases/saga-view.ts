import type { Instant, Json, SagaId } from '#libs/messaging';
import type { BlockResult, Failure, SagaStatus } from '#libs/saga';
import type { HistoryEntry } from '../history.js';
import type { AuditRow, ParkedRow } from '../lane-store.js';
import type { StoredIncident } from '../operator-store.js';
import type { Control } from './control.js';
import type { Pause } from '../pauses/pause.js';
import type { Stall } from './stall.js';
import type { TimelineEntry } from './timeline.js';
import type { Waiting } from './waiting.js';

/** One commit of a saga's history. */
export interface HistoryPage {
  readonly revision: number;
  readonly at: Instant;
  readonly entries: readonly HistoryEntry[];
}

/** What a block left behind, and the word for such a block; without that where the version of the saga is not loaded. */
export interface ShownResult extends BlockResult {
  readonly kind?: string;
}

/** Everything known of one saga. */
export interface SagaView {
  readonly id: SagaId;
  readonly definition: string;
  readonly version: number;
  readonly businessKey: string;
  readonly status: SagaStatus;
  readonly incident: boolean;
  readonly held: boolean;
  readonly revision: number;
  readonly home: number;
  readonly startedAt: Instant;
  readonly finishedAt?: Instant;
  /** W3C traceparent of the saga's anchor span; empty when it is not traced. */
  readonly trace: string;
  readonly input: Json;
  /** Why it ran, as a sentence; absent when the history of its start is gone. */
  readonly why?: string;
  /** The saga that runs it, and the block there that does. */
  readonly parent?: { readonly id: SagaId; readonly block: string };
  /** The saga that it was linked to when it started. */
  readonly linked?: { readonly id: SagaId; readonly definition: string; readonly key: string };
  readonly steps: Readonly<Record<string, ShownResult>>;
  readonly failure?: Failure;
  /** Who has control of it now. */
  readonly control: readonly Control[];
  readonly waitsFor: readonly Waiting[];
  /** It has not come nearer to its end for longer than the target of its definition. */
  readonly stalled?: Stall;
  /** What a person has paused that holds whatever it would send; absent: nothing. */
  readonly paused?: readonly Pause[];
  readonly nextTimerAt?: Instant;
  readonly timeline: readonly TimelineEntry[];
  readonly history: readonly HistoryPage[];
  readonly incidents: readonly StoredIncident[];
  readonly audits: readonly AuditRow[];
  readonly parked: readonly ParkedRow[];
}
