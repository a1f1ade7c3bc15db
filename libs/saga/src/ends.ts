/** How a saga can end. */
export const endStatuses = ['completed', 'compensated', 'cancelled'] as const;

/** How an exchange with a participant can end. */
export const commandOutcomes = [
  'succeeded',
  'rejected',
  'failed',
  'unknown',
  'skipped',
  'cancelled',
] as const;

/** How a wait can end. `withdrawn`: nobody waits for it any more. `defaulted`: what it was to be went on without it. */
export const waitOutcomes = ['came', 'defaulted', 'failed', 'withdrawn'] as const;

/**
 * Why a saga can need a person.
 *
 * - `UNCAUGHT`: an error that nobody catches, where nothing can be undone any more.
 * - `UNKNOWN`: nobody knows whether a command took effect. `NOT_SENT`: the broker refuses its message for good.
 * - `DECLARED`: the definition asks for a person. `OVERDUE`: time is up where it must not stop anything.
 * - `UNDO_FAILED`: a compensation was refused, keeps failing or is not answered.
 * - `LATE_SUCCESS`: a command took effect after it was settled otherwise, and nothing undoes it.
 * - `SCHEMA_DRIFT`: a participant answered in another form than its contract says; the message names the path.
 * - `OUTCOME_INVALID`: the event about the saga's end cannot be made.
 */
export const incidentCodes = [
  'UNCAUGHT',
  'UNKNOWN',
  'NOT_SENT',
  'DECLARED',
  'OVERDUE',
  'UNDO_FAILED',
  'LATE_SUCCESS',
  'OUTCOME_INVALID',
  'SCHEMA_DRIFT',
] as const;

/** One of {@link incidentCodes}. */
export type IncidentCode = (typeof incidentCodes)[number];
