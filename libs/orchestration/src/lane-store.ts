import type { DeskId, Instant, Offset, SagaId, TopicPartition } from '#libs/messaging';
import type { Limits, SagaStatus } from '#libs/saga';
import type { LimitedChanges, LimitedPlace, LimitedRow } from './limits/limited-row.js';

/** Where a lane stands and who holds it. A holder is known by `epoch`; `seq` counts its commits of whatever content. */
export interface LanePosition extends TopicPartition {
  readonly epoch: number;
  readonly seq: number;
  /** The next offset to fold; absent on a lane that never committed one. */
  readonly nextOffset?: Offset;
  readonly anchor?: Anchor;
  /** Changes of owner since the last commit that gave a `nextOffset`: a record that kills its reader makes this grow. */
  readonly takeovers: number;
  /** Commits marked `attempting` since the last one that gave a `nextOffset`: how often somebody began to fold the next record and did not come back. */
  readonly attempts: number;
}

/** Identity of the last record a lane has folded; compared on assignment, so that a recreated topic is noticed. */
export interface Anchor {
  readonly offset: Offset;
  readonly timestamp: Instant;
  /** CRC-32 over key and value. */
  readonly checksum: number;
}

/** A live instance as stored. `state` is JSON text: {@link import('#libs/saga').SagaState}. */
export interface StoredInstance {
  readonly id: SagaId;
  readonly definition: string;
  readonly version: number;
  readonly businessKey: string;
  readonly status: SagaStatus;
  /** 1 after the first commit; grows by one with every commit that changes the instance. */
  readonly revision: number;
  readonly home: number;
  readonly state: string;
  /** When it has to be woken; may be earlier than the saga needs, never later. */
  readonly wakeAt?: Instant | undefined;
  /** Open incident or held inputs: the saga waits for a person. */
  readonly incident: boolean;
  /** Later inputs queue in `saga_parked` behind one that could not be folded. */
  readonly held: boolean;
  /** W3C traceparent of the saga's anchor span; empty when it is not traced. */
  readonly trace: string;
  readonly startedAt: Instant;
  readonly finishedAt?: Instant | undefined;
}

/** A desk as stored: what has to be remembered under a key although it is no saga. */
export interface StoredDesk {
  readonly id: DeskId;
  readonly kind: string;
  readonly key: string;
  readonly home: number;
  /** JSON text; `null` on a desk that has a row only because it is held. */
  readonly state: string;
  /** When it has to be woken. */
  readonly wakeAt?: Instant;
  /** From then on the row is worth nothing. */
  readonly expiresAt?: Instant;
  /** Later records queue in `saga_parked` behind one that could not be folded. */
  readonly held: boolean;
  /** What it is found under in lists. */
  readonly tags: readonly string[];
}

/** What a batch makes of desks. Each appears once. */
export interface DeskChanges {
  /** Stored as they are, in the place of what was stored before. */
  readonly kept: readonly StoredDesk[];
  readonly gone: readonly DeskId[];
}

/** A new instance. `keyHash` makes (definition, business key) unique; `reusable` frees the key when the saga has ended. */
export interface NewInstance extends StoredInstance {
  readonly keyHash: Buffer;
  readonly reusableKey: boolean;
}

/** One row of history: everything one commit did to one saga. Append-only. */
export interface HistoryRow {
  readonly saga: SagaId;
  readonly revision: number;
  readonly at: Instant;
  /** JSON text: a list of {@link import('./history.js').HistoryEntry}. */
  readonly entries: string;
}

/** A record that could not be handled, with its bytes. `held` ones wait behind another of the same saga. */
export interface ParkedRow extends TopicPartition {
  readonly offset: Offset;
  readonly timestamp: Instant;
  readonly saga?: SagaId;
  readonly reason: string;
  readonly message: string;
  readonly held: boolean;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** Name → bytes. */
  readonly headers: Readonly<Record<string, Buffer>>;
}

/** Opens or closes an incident. `saga` is absent for incidents of a lane. Opening one that is open updates its message. */
export interface IncidentRow {
  readonly saga?: SagaId;
  /** Unique within the saga, or within the installation for incidents of lanes. */
  readonly id: string;
  readonly open: boolean;
  readonly block?: string;
  readonly code: string;
  readonly message: string;
  readonly at: Instant;
}

/** The answer to a request (API start, operator action), written by the commit that folded it. */
export interface AuditRow {
  readonly request: string;
  readonly saga: SagaId;
  readonly at: Instant;
  readonly action: string;
  readonly by: string;
  readonly reason?: string;
  /** `done`, `duplicate` or `refused`. */
  readonly result: 'done' | 'duplicate' | 'refused';
  /** Why it was refused; the winner's id of a duplicate start; of a repair the failure mode, of a judgement the verdict. */
  readonly detail: string;
}

/** How many events a trigger's gates kept out, by gate. Added to what is stored. */
export interface GatedCount {
  readonly definition: string;
  readonly event: string;
  readonly gate: string;
  readonly count: number;
}

/** Everything one batch of one lane changes. Each saga appears in at most one of `inserts` and `updates`. */
export interface LaneCommit {
  readonly lane: LanePosition;
  readonly nextOffset?: Offset;
  readonly anchor?: Anchor;
  /** Says, before it is tried, that the next record is going to be folded, because it may end the process. */
  readonly attempting?: boolean;
  readonly inserts: readonly NewInstance[];
  /** `revision` is the new one; the stored one has to be one less. */
  readonly updates: readonly StoredInstance[];
  readonly history: readonly HistoryRow[];
  readonly parked: readonly ParkedRow[];
  /** Parked records that are done with (redriven or skipped). They go before `parked` come, so a record may be parked anew. */
  readonly unparked: readonly (TopicPartition & { readonly offset: Offset })[];
  readonly incidents: readonly IncidentRow[];
  readonly audits: readonly AuditRow[];
  readonly gated: readonly GatedCount[];
  /** Absent: the batch has nothing to do with desks. */
  readonly desks?: DeskChanges;
  /** Absent: the batch has nothing to do with limits. */
  readonly limited?: LimitedChanges;
  /** Messages to publish, encoded; stored under the commit's `seq`. Absent: none. */
  readonly outbox?: string;
  /** Sequence numbers whose outbox rows are acknowledged by the broker and go. */
  readonly acknowledged: readonly number[];
}

/** What became of a `commit` call. */
export type CommitResult =
  | { readonly kind: 'committed' }
  /** Nothing was written: these starts are duplicates, of the same saga or of another one with the same key. */
  | {
      readonly kind: 'duplicates';
      readonly starts: readonly { readonly saga: SagaId; readonly winner: SagaId }[];
    }
  /** Nothing was written: these instances are not at the revision expected. */
  | { readonly kind: 'conflicts'; readonly sagas: readonly SagaId[] };

/** A committed batch that is not known to be published. */
export interface OutboxRow {
  readonly seq: number;
  readonly payload: string;
}

/** Limited commands of lanes of one process that want to leave. */
export interface GrantRequest {
  /** The name of the limit. */
  readonly limit: string;
  readonly limits: Limits;
  /** In the order in which they may leave. */
  readonly wanted: readonly (TopicPartition & LimitedPlace)[];
  /** What became of commands that have left, oldest first: whether each failed. */
  readonly answers: readonly boolean[];
}

/** An answer to a {@link GrantRequest}. */
export interface Granted {
  /** So many of the wanted, from the first one on, may leave now. */
  readonly count: number;
  /** After so long time alone allows more; absent: when somebody has answered. */
  readonly againMs?: number;
}

/** A saga, or desk, that wants to be woken. */
export interface Wake {
  readonly saga: SagaId;
  readonly at: Instant;
}

/**
 * The stored side of lanes.
 *
 * Guarantees: a `commit` call is applied as a whole, all its lanes together, or not at all; it is applied only if each
 * lane is still held under the `epoch` given and stands at the `seq` given, and leaves each at `seq + 1`; what it put
 * in the outbox is readable by the next holder once `takeOver` has returned.
 *
 * Errors of every method: {@link StoreUnavailableError} (retryable; after `commit` the outcome is unknown) and
 * {@link StoreRefusedError} (the content can never be stored; nothing was written).
 */
export abstract class LaneStore {
  /**
   * Ends every former holder, `owner` itself included, and returns where to go on. Creates the lane when it is new.
   * Waits for, or voids, a commit under way. `owner` is unique to one run of one process; `takeovers` grows when it
   * differs from the former one.
   */
  abstract takeOver(lane: TopicPartition, owner: string): Promise<LanePosition>;

  /** Applies one batch of each lane given, in one round trip. @throws LaneLostError naming the lanes held by others; nothing is written. */
  abstract commit(commits: readonly LaneCommit[]): Promise<CommitResult>;

  /** What was committed by this or former holders and not deleted, oldest first. */
  abstract unsent(lane: TopicPartition): Promise<readonly OutboxRow[]>;

  /** The limited commands of a lane that wait or are under way, in the order of their places. */
  abstract limited(lane: TopicPartition): Promise<readonly LimitedRow[]>;

  /**
   * Says how many of the wanted commands may leave, and counts them. All processes share a limit; asking is a
   * transaction of its own, not of any lane. A command that was granted before counts as under way already.
   */
  abstract grant(request: GrantRequest): Promise<Granted>;

  /** The live instances among `ids`. Finished ones stay live for a while. */
  abstract loadInstances(ids: readonly SagaId[]): Promise<readonly StoredInstance[]>;

  /** The desks among `ids` that remember anything. */
  abstract loadDesks(ids: readonly DeskId[]): Promise<readonly StoredDesk[]>;

  /** Unfinished sagas, and desks, of the home partition to be woken at or before `until`, earliest first, at most `limit`. */
  abstract wakes(home: number, until: Instant, limit: number): Promise<readonly Wake[]>;

  /** The parked record that holds the saga or desk and those that wait behind it, in order. */
  abstract loadHeld(saga: SagaId): Promise<readonly ParkedRow[]>;

  /** Which of `ids` are archived. */
  abstract archived(ids: readonly SagaId[]): Promise<readonly SagaId[]>;
}
