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
