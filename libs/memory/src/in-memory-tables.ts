import type { DeskId, Instant, SagaId } from '#libs/messaging';
import type {
  AuditRow,
  Baseline,
  FixedStart,
  GatedCount,
  HistoryRow,
  Installation,
  LanePosition,
  LimitedRow,
  LimitState,
  MarkedDocument,
  MarkedFile,
  ParkedRow,
  Pause,
  StoredDesk,
  StoredIncident,
  StoredInstance,
  SwitchedToggle,
} from '#libs/orchestration';

/** A lane and who holds it. */
export interface LaneRow extends LanePosition {
  readonly owner: string;
}

/** Who has a business key, and whether it is free again once that saga has ended. */
export interface KeyRow {
  readonly saga: SagaId;
  readonly reusable: boolean;
}

/**
 * What the in-memory stores of one installation share: the counterpart of a database.
 *
 * Stores made over the same tables see each other's commits; a test that drops its coordinator and makes a new one
 * over the same tables therefore goes on where the old one was. Nothing survives the process.
 */
export class InMemoryTables {
  readonly lanes = new Map<string, LaneRow>();
  readonly instances = new Map<SagaId, StoredInstance>();
  readonly archive = new Map<SagaId, StoredInstance>();
  readonly desks = new Map<DeskId, StoredDesk>();
  /** By definition and key hash. */
  readonly keys = new Map<string, KeyRow>();
  readonly history = new Map<SagaId, HistoryRow[]>();
  /** By lane, then by sequence number. */
  readonly outbox = new Map<string, Map<number, string>>();
  /** By lane, then by place. */
  readonly limited = new Map<string, Map<string, LimitedRow>>();
  /** By name. */
  readonly limits = new Map<string, LimitState>();
  readonly parked = new Map<string, ParkedRow>();
  readonly incidents = new Map<string, StoredIncident>();
  readonly audits = new Map<string, AuditRow>();
  readonly requests = new Map<string, FixedStart>();
  readonly gated = new Map<string, GatedCount>();
  readonly documents = new Map<string, MarkedDocument>();
  /** Texts that others took the place of, oldest first. */
  readonly formerDocuments: MarkedDocument[] = [];
  /** By saga and version. */
  readonly baselines = new Map<string, Baseline>();
  readonly files = new Map<string, MarkedFile>();
  /** By definition and toggle. */
  readonly toggles = new Map<string, SwitchedToggle>();
  /** Those of which not all running sagas are known to have heard. */
  readonly newToggles = new Set<string>();
  /** By kind and name. */
  readonly pauses = new Map<string, Pause>();
  readonly partitions = new Set<string>();
  installation: Installation | undefined;
  publications = 0;
  keeping = false;
}

const DAY_MS = 86_400_000;

/** The first instant of the day (UTC) that holds `at`: a partition is a day. */
export function dayOf(at: Instant): Instant {
  return Math.floor(at / DAY_MS) * DAY_MS;
}

/** Name of the partition of `table` for the day that begins at `day`. */
export function partitionNameOf(table: string, day: Instant): string {
  return `${table}_${new Date(day).toISOString().slice(0, 10).replaceAll('-', '')}`;
}
