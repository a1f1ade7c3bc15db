import type { IncidentCode } from '../ends.js';
import type { Json } from '../json.js';
import type { Failure } from '../scope-values.js';
import { causedBy } from './causes.js';
import type { Place } from './chart.js';
import { openIncident } from './incidents.js';
import { blockOf, change, next, type Moment } from './moment.js';
import type { Raised } from './engine-state.js';
import { handledAt } from './values.js';

/** What went wrong at `place`, as the block there tells it. What was being handled there led to it. */
export function failureOf(
  moment: Moment,
  place: Place,
  error: string,
  message: string,
  data: Json = null,
): Failure {
  const handled = handledAt(moment, place);
  const causes = handled === undefined ? {} : causedBy([{ failure: handled }]);
  return { error, step: blockOf(place), message, data, at: moment.now, ...causes };
}

/** Something is raised at `place` and begins its way outwards. */
export function raise(moment: Moment, place: Place, raised: Raised): Moment {
  return next(mark(moment, place, raised), { kind: 'leave', place, origin: place.key });
}

/** Raises an error at `place`. */
export function raiseError(
  moment: Moment,
  place: Place,
  error: string,
  message: string,
  data: Json = null,
): Moment {
  return raise(moment, place, { signal: 'error', failure: failureOf(moment, place, error, message, data) });
}

/** Notes what was raised at `place` without sending it on its way: the flow is stopped there. */
export function mark(moment: Moment, place: Place, raised: Raised): Moment {
  return change(moment, { raised: { ...moment.state.raised, [place.key]: raised } });
}

/** Stays at `place` until a person decides. The incident has the name of the place. */
export function stick(moment: Moment, place: Place, code: IncidentCode, failure: Failure): Moment {
  const stuck = mark(moment, place, { signal: 'incident', failure });
  return openIncident(stuck, place.key, {
    block: blockOf(place),
    code,
    message: `${failure.error}: ${failure.message}`,
  });
}
