/** How much a lane takes on. Defaults suit a process with a few hundred megabytes and a database nearby. */
export interface LaneSettings {
  /** Records folded into one commit, over all lanes of the process. Default 400. */
  readonly batchRecords: number;
  /** Least time from the beginning of one commit to that of the next, in milliseconds: what comes meanwhile goes together. Default 0. */
  readonly cycleMs: number;
  /** Bytes of record values in one commit. Default 4 MB. */
  readonly batchBytes: number;
  /** Queued records of a lane above which its partition is paused; resumed at half of it. Default 2,000. */
  readonly queueRecords: number;
  /** Live sagas kept in memory by each lane, and as many desks. Default 20,000. */
  readonly cachedSagas: number;
  /** Largest serialised state of a saga in bytes; beyond it the saga is held with an incident. Default 256 kB. */
  readonly stateBytes: number;
  /** Largest serialised state of a desk in bytes; beyond it the record is parked and holds the desk. Default 1 MB. */
  readonly deskBytes: number;
  /** Largest value of a record that is read or sent; what is larger is parked, or not sent. Default 900,000 bytes. */
  readonly messageBytes: number;
  /** Committed messages waiting for the broker above which lanes stop folding. Default 20,000. */
  readonly unsentMessages: number;
}

/** The settings used where nothing else is said. */
export const defaultLaneSettings: LaneSettings = {
  batchRecords: 400,
  cycleMs: 0,
  batchBytes: 4_000_000,
  queueRecords: 2_000,
  cachedSagas: 20_000,
  stateBytes: 256_000,
  deskBytes: 1_000_000,
  messageBytes: 900_000,
  unsentMessages: 20_000,
};
