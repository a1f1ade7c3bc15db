import type { ScopeNode } from '../node.js';
import { isWithin, pathFrom, placeAt, type Place } from './chart.js';
import type { Operation } from './engine-state.js';
import { enter, forget, frameAt, type Moment } from './moment.js';
import { mayBeDone, nodeOf, placeOf } from './operations.js';
import { lowerPath, thaw } from './stopping.js';
import { disarm } from './timers.js';
import { abandon } from './unwinding.js';

/**
 * Begins again what raised at `origin`: the outermost block inside `outer` in which nothing was done yet. What is done
 * stays done; what was only stopped goes on.
 */
export function beginAgain(moment: Moment, outer: Place<ScopeNode>, origin: Place): Moment {
  if (origin.key === outer.key) return beginAgainAt(moment, outer);
  const inside = pathFrom(origin).filter((place) => isWithin(place, outer) && place.key !== outer.key);
  const isList = inside.length > 1 && inside.at(-1)!.site.node.kind === 'seq';
  const blocks = isList ? inside.slice(0, -1) : inside;
  const again = blocks.findLast((place) => !isDoneInside(moment, place));
  return again === undefined ? beginAgainAt(moment, origin) : restart(moment, again, origin);
}

/** Begins again exactly what raised. What was only stopped goes on. */
export function beginAgainAt(moment: Moment, origin: Place): Moment {
  const isStopped = frameAt(moment, origin, 'scope') !== undefined && hasInside(moment, origin);
  return isStopped ? thaw(lowerPath(moment, origin), origin) : restart(moment, origin, origin);
}

function restart(moment: Moment, place: Place, origin: Place): Moment {
  const lowered = lowerPath(moment, origin);
  // An ask knows itself what to do about an operation it has sent before.
  if (place.site.node.kind === 'ask') return enter(lowered, place);
  const cleared = disarm(forget(abandon(lowered, place), place), { frame: place.key });
  return enter(cleared, place);
}

function isDoneInside(moment: Moment, place: Place): boolean {
  return moment.state.operations.some(
    (operation) => mayStand(moment, operation) && isWithin(placeOf(moment, operation), place),
  );
}

function mayStand(moment: Moment, operation: Operation): boolean {
  if (!nodeOf(moment, operation).effect) return false;
  return operation.standing === 'done' || (operation.standing === 'asked' && mayBeDone(operation));
}

function hasInside(moment: Moment, outer: Place): boolean {
  const { frames, raised, operations } = moment.state;
  const asked = operations.flatMap(({ standing, at }) => (standing === 'asked' ? [at] : []));
  return [...Object.keys(frames), ...Object.keys(raised), ...asked].some(
    (key) => key !== outer.key && isWithin(placeAt(moment.chart, key), outer),
  );
}
