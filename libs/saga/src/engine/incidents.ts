import { change, emit, without, type Moment } from './moment.js';

/** What an incident is about. `code` says what kind of trouble it is. */
export interface Trouble {
  readonly block: string;
  readonly code: IncidentCode;
  readonly message: string;
}

/**
 * - `UNCAUGHT`: an error that nobody catches, where nothing can be undone any more.
 * - `UNKNOWN`: nobody knows whether a command took effect. `NOT_SENT`: the broker refuses its message for good.
 * - `DECLARED`: the definition asks for a person. `OVERDUE`: time is up where it must not stop anything.
 * - `UNDO_FAILED`: a compensation was refused, keeps failing or is not answered.
 * - `LATE_SUCCESS`: a command took effect after it was settled otherwise, and nothing undoes it.
 * - `SCHEMA_DRIFT`: a participant answered in another form than its contract says; the message names the path.
 * - `OUTCOME_INVALID`: the event about the saga's end cannot be made.
 */
export type IncidentCode =
  | 'UNCAUGHT'
  | 'UNKNOWN'
  | 'NOT_SENT'
  | 'DECLARED'
  | 'OVERDUE'
  | 'UNDO_FAILED'
  | 'LATE_SUCCESS'
  | 'OUTCOME_INVALID'
  | 'SCHEMA_DRIFT';

/** Opens an incident; one that is open under this id stays as it is. */
export function openIncident(moment: Moment, id: string, { block, code, message }: Trouble): Moment {
  const { incidents } = moment.state;
  if (id in incidents) return moment;
  const opened = change(moment, {
    incidents: { ...incidents, [id]: { block, code, message, since: moment.now } },
  });
  return emit(opened, { kind: 'incident', open: true, id, block, code, message });
}

/** Closes an incident, if it is open. */
export function closeIncident(moment: Moment, id: string): Moment {
  if (!(id in moment.state.incidents)) return moment;
  const closed = change(moment, { incidents: without(moment.state.incidents, id) });
  return emit(closed, { kind: 'incident', open: false, id });
}
