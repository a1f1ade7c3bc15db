import type { HeldCommand, LimitQueue } from './limits/limited-row.js';
import type { PausedQueue } from './pauses/pause.js';
import type { DeskId, Instant, Offset, SagaId } from '#libs/messaging';
import type { SagaStatus } from '#libs/saga';
import type {
  AuditRow,
  HistoryRow,
  LanePosition,
  ParkedRow,
  StoredDesk,
  StoredInstance,
} from './lane-store.js';
import type { Census, StallTarget } from './saga-metrics.js';
import type { StageCount } from './stage-count.js';
import type { VersionFigures } from './version-figures.js';

/** Which sagas to list. Newest first. */
export interface SagaFilter {
  readonly definition?: string;
  /** Only those of one of these definitions. */
  readonly definitions?: readonly string[];
  readonly status?: SagaStatus;
  readonly businessKey?: string;
  readonly incident?: boolean;
  /** Only ids below this one: the page behind it. */
  readonly before?: SagaId;
  /** 1…500, default 50. */
  readonly limit?: number;
}

/** Which sagas to go through, in the order in which they began. */
export interface BegunFilter {
  readonly definitions: readonly string[];
  /** Only ids behind this one: the earliest of a time, or the last of the page before. */
  readonly after: SagaId;
  /** Only ids below this one. */
  readonly below: SagaId;
  readonly limit: number;
}

/** One line of a list. */
export interface SagaSummary {
  readonly id: SagaId;
  readonly definition: string;
  readonly version: number;
  readonly businessKey: string;
  readonly status: SagaStatus;
  readonly incident: boolean;
  readonly startedAt: Instant;
  readonly finishedAt?: Instant;
}

/** An incident as listed. */
export interface StoredIncident {
  readonly saga?: SagaId;
  readonly id: string;
  readonly block?: string;
  readonly code: string;
  readonly message: string;
  readonly openedAt: Instant;
  readonly closedAt?: Instant;
}

/** What incidents of sagas have in common. */
export interface IncidentCause {
  readonly definition?: string;
  readonly block?: string;
  readonly code?: string;
}

/** Names an incident in a list. */
export interface IncidentPlace {
  readonly saga: SagaId;
  readonly id: string;
}

/** Which open incidents of sagas to list, in the order of their places. */
export interface IncidentFilter extends IncidentCause {
  /** Only those opened before. */
  readonly before: Instant;
  /** Only those behind this one: the next page. */
  readonly after?: IncidentPlace;
  readonly limit: number;
}

/** Open incidents of one cause. */
export interface IncidentCount {
  readonly definition: string;
  readonly block?: string;
  readonly code: string;
  readonly count: number;
  readonly oldestAt: Instant;
  readonly newestAt: Instant;
  /** What the newest of them says. */
  readonly message: string;
}

/** A lane as listed. */
export interface LaneSummary extends LanePosition {
  readonly owner: string;
  readonly unsent: number;
}

/** Which desks to list, in the order of their ids. */
export interface DeskFilter {
  readonly kind: string;
  /** Only those found under this tag. */
  readonly tag?: string;
  /** Only ids behind this one: the next page. */
  readonly after?: DeskId;
  /** 1…500, default 50. */
  readonly limit?: number;
}

/** Sagas of one definition in one status. */
export interface OutcomeCount {
  readonly definition: string;
  readonly status: SagaStatus;
  readonly count: number;
  /** So many of them were judged `good`, and `bad`; the newest verdict of each counts. */
  readonly good: number;
  readonly bad: number;
}

/** What people did about trouble with sagas of one definition. */
export interface RepairCount {
  readonly definition: string;
  /** What they found to be the matter; empty where nobody said. */
  readonly mode: string;
  readonly count: number;
  /** After so many of them the same saga had an incident again. */
  readonly repeated: number;
}

/** Fixed identity of a start by API, so that a repeated request means the same saga. */
export interface FixedStart {
  readonly saga: SagaId;
  readonly at: Instant;
}

/**
 * What operators, the API and the CLI read.
 *
 * Reads are bounded (10 s) and take no locks; they may be a moment behind what lanes have folded.
 */
export abstract class OperatorStore {
  abstract list(filter: SagaFilter): Promise<readonly SagaSummary[]>;
  /** Live or archived. */
  abstract find(id: SagaId): Promise<StoredInstance | undefined>;
  /** Those of `ids` that are known, live or archived, in no order. */
  abstract findAll(ids: readonly SagaId[]): Promise<readonly StoredInstance[]>;
  /** Sagas by when they began, live or archived, in the order of their ids. */
  abstract begun(filter: BegunFilter): Promise<readonly StoredInstance[]>;
  abstract findDesk(id: DeskId): Promise<StoredDesk | undefined>;
  abstract desks(filter: DeskFilter): Promise<readonly StoredDesk[]>;
  /** Oldest first. */
  abstract history(id: SagaId): Promise<readonly HistoryRow[]>;
  abstract incidents(filter: {
    readonly saga?: SagaId;
    readonly open?: boolean;
    readonly limit?: number;
  }): Promise<readonly StoredIncident[]>;
  /** Open incidents of live sagas by cause, the largest group first; at most 500 groups. */
  abstract incidentCounts(cause: IncidentCause): Promise<readonly IncidentCount[]>;
  abstract incidentsOf(filter: IncidentFilter): Promise<readonly (StoredIncident & IncidentPlace)[]>;
  abstract parked(filter: { readonly saga?: SagaId; readonly limit?: number }): Promise<readonly ParkedRow[]>;
  abstract findParked(topic: string, part: number, offset: Offset): Promise<ParkedRow | undefined>;
  /** Removes a parked record that was sent again or is to be skipped, leaving an audit row. False: it was gone already. */
  abstract dropParked(topic: string, part: number, offset: Offset, audit: AuditRow): Promise<boolean>;
  /** The limited commands of a saga that have not left. */
  abstract heldCommands(saga: SagaId): Promise<readonly HeldCommand[]>;
  /** What waits for limits, by limit. */
  abstract limitQueues(): Promise<readonly LimitQueue[]>;
  /** What is paused, or being let go again, and how much of it is held. */
  abstract pausedQueues(): Promise<readonly PausedQueue[]>;
  abstract lanes(): Promise<readonly LaneSummary[]>;
  /**
   * What there is at present, counted; those that stand still by how long they may. Reads the live sagas, so not for
   * every request.
   */
  abstract census(now: Instant, targets?: readonly StallTarget[]): Promise<Census>;
  abstract audit(request: string): Promise<AuditRow | undefined>;
  abstract audits(saga: SagaId): Promise<readonly AuditRow[]>;
  /** Sagas of a definition that have not ended, in the order of their ids: up to 500 behind `after`. */
  abstract live(definition: string, after?: SagaId): Promise<readonly StoredInstance[]>;
  /** Notes what somebody did that moves no saga: looked at it, judged it. The same request again changes nothing. */
  abstract note(audit: AuditRow): Promise<void>;
  /** Where live sagas stand, by definition, version, status and node. Reads the states of all of them, so not for every request. */
  abstract stages(now: Instant, definition?: string): Promise<readonly StageCount[]>;
  /** How sagas of a definition went that ended at `from` or later and before `until`, by version. Reads all of them. */
  abstract figures(definition: string, from: Instant, until: Instant): Promise<readonly VersionFigures[]>;
  /** How sagas stand that began at `since` or later, and what they turned out to be. Reads all of them. */
  abstract outcomes(since: Instant): Promise<readonly OutcomeCount[]>;
  /** Repairs done at `since` or later, by definition and failure mode. Reads all of them. */
  abstract repairs(since: Instant): Promise<readonly RepairCount[]>;
  /** Fixes saga id and time of an API start under its request id; a second call answers what the first one fixed. */
  abstract fixStart(request: string, start: FixedStart): Promise<FixedStart>;
  /** Gate counts by definition, event and gate. */
  abstract gated(): Promise<
    readonly {
      readonly definition: string;
      readonly event: string;
      readonly gate: string;
      readonly count: number;
    }[]
  >;
}
