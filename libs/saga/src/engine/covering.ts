import type { Json } from '../json.js';
import type { ScopeNode } from '../node.js';
import { isWithin, type Place } from './chart.js';
import type { Operation } from './engine-state.js';
import { locksOver } from './locks-held.js';
import type { Moment } from './moment.js';
import { add, freshRound, hasEffect, isLock, placeOf, put } from './operations.js';

/**
 * A group that is undone as a whole is complete: what was done inside has one entry from now on, as if the group had
 * been sent now. A group in which nothing was done has nothing to undo.
 * A lock stays what it is: what undoes the group does so under it.
 */
export function cover(moment: Moment, place: Place<ScopeNode>, output: Json): Moment {
  const done = moment.state.operations.filter(
    (operation) =>
      operation.standing === 'done' &&
      hasEffect(moment, operation) &&
      !isLock(moment, operation) &&
      isWithin(placeOf(moment, operation), place),
  );
  if (done.length === 0) return moment;
  const covered = done.reduce<Moment>(
    (before, operation) => put(before, { ...operation, standing: 'covered' }),
    moment,
  );
  const locks = locksOver(covered, place);
  const entry: Operation = {
    at: place.key,
    round: freshRound(covered, place.key),
    standing: 'done',
    output,
    ...(locks.length > 0 && { locks }),
  };
  return add(covered, entry);
}
