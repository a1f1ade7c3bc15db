import type { ParNode } from '../node.js';
import { isWithin, pathFrom, type Place } from './chart.js';
import { legName } from './legs.js';
import type { Moment } from './moment.js';
import { abandonWhere, revokeWhere } from './unwinding.js';

/** The join has decided: whatever is about to happen in a leg does not happen any more. */
export function hush(moment: Moment, place: Place<ParNode>): Moment {
  const agenda = moment.agenda.filter(
    (signal) => signal.place.key === place.key || !isWithin(signal.place, place),
  );
  return agenda.length === moment.agenda.length ? moment : { ...moment, agenda };
}

/** Stops legs that the flow goes on without. What they have done is undone, or kept. */
export function leaveLegs(
  moment: Moment,
  place: Place<ParNode>,
  legs: readonly string[],
  done: 'undo' | 'keep',
): Moment {
  if (legs.length === 0) return moment;
  const names = new Set(legs);
  const isInside = (inner: Place): boolean => {
    const leg = legAround(inner, place);
    return leg !== undefined && names.has(legName(leg));
  };
  const abandoned = abandonWhere(moment, isInside, isInside);
  return done === 'keep' ? abandoned : revokeWhere(abandoned, isInside);
}

/** The leg of the par at `outer` that `inner` lies in. */
function legAround(inner: Place, outer: Place): Place | undefined {
  if (inner.key === outer.key || !isWithin(inner, outer)) return undefined;
  return pathFrom(inner).find(({ site }) => site.depth === outer.site.depth + 1);
}
