import type { Instant } from '#libs/messaging';

/** How sagas of one version went that ended within some time. */
export interface VersionFigures {
  readonly version: number;
  readonly completed: number;
  readonly compensated: number;
  readonly cancelled: number;
  /** Those that needed a person at some time. */
  readonly withIncident: number;
  /** What half of them, and 95 in 100, took at most, in milliseconds. */
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** What a saga of one version took on average, by the histories of those that were looked at. */
export interface VersionMeans {
  /** How many were looked at: the newest that ended. */
  readonly sagas: number;
  /** Things asked of participants: to be done, to be undone, or whether they were. */
  readonly commands: number;
  /** Attempts beyond the first one of each command. */
  readonly retries: number;
  /** Steps that were undone. */
  readonly undos: number;
  /** Seconds that people were at tasks. */
  readonly humanSeconds: number;
}

/** How sagas of one version went. */
export interface VersionPeriod {
  readonly version: number;
  /** Of those that ended at `from` or later, and before `until`. */
  readonly from: Instant;
  readonly until: Instant;
  /** Absent where none ended. */
  readonly figures?: Omit<VersionFigures, 'version'>;
  /** Absent where there is no history of them. */
  readonly means?: VersionMeans;
}
