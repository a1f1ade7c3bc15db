import type { IncidentCode } from '../ends.js';
import { change, emit, without, type Moment } from './moment.js';

/** What an incident is about. `code` says what kind of trouble it is. */
export interface Trouble {
  readonly block: string;
  readonly code: IncidentCode;
  readonly message: string;
}

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
