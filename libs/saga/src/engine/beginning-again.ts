import type { ParNode, ScopeNode } from '../node.js';
import { isWithin, pathFrom, placeAt, type Place } from './chart.js';
import type { Operation } from './engine-state.js';
import { legAt, legsOf, openLegs, originOf } from './legs.js';
import { enter, forget, frameAt, remember, type Moment } from './moment.js';
import { hasEffect, mayBeDone, placeOf } from './operations.js';
import { isOpenAndOff, lowerPath, switchOffAround, thaw } from './stopping.js';
import { disarm } from './timers.js';
import { abandon } from './unwinding.js';

/**
 * Begins again what raised at `origin`: the outermost block inside `outer` in which nothing was done yet. What is done
 * stays done; what was only stopped goes on.
 */
export function beginAgain(moment: Moment, outer: Place, origin: Place): Moment {
  const off = switchedOff(moment, outer, origin);
  if (off !== undefined) return switchOffAround(moment, off, origin);
  if (origin.key === outer.key || frameAt(moment, origin, 'par') !== undefined)
    return beginAgainAt(moment, origin);
  const inside = sameTime(
    pathFrom(origin).filter((place) => isWithin(place, outer) && place.key !== outer.key),
  );
  const isList = inside.length > 1 && inside.at(-1)!.site.node.kind === 'seq';
  const blocks = isList ? inside.slice(0, -1) : inside;
  const again = blocks.findLast((place) => !isDoneInside(moment, place) && !holdsDoneLegs(moment, place));
  return again === undefined ? beginAgainAt(moment, origin) : restart(moment, again, origin);
}

/** Begins again exactly what raised; of a join, the legs that are missing. What was only stopped goes on. */
export function beginAgainAt(moment: Moment, origin: Place): Moment {
  if (frameAt(moment, origin, 'par') !== undefined)
    return beginMissing(lowerPath(moment, origin), origin as Place<ParNode>);
  const isStopped = frameAt(moment, origin, 'scope') !== undefined && hasInside(moment, origin);
  return isStopped ? thaw(lowerPath(moment, origin), origin) : restart(moment, origin, origin);
}

/** Begins legs that wait for it, as many as may be open at a time. */
export function beginLegs(moment: Moment, place: Place<ParNode>): Moment {
  const frame = frameAt(moment, place, 'par')!;
  if (frame.waiting.length === 0) return moment;
  const most = place.site.node.items?.concurrency ?? frame.waiting.length;
  const count = Math.max(0, most - openLegs(place, frame));
  const begun = remember(moment, place, { ...frame, waiting: frame.waiting.slice(count) });
  return frame.waiting.slice(0, count).reduce((before, leg) => {
    const origin = originOf(frame, leg);
    return origin === undefined
      ? enter(before, legAt(place, leg))
      : beginAgain(before, legAt(place, leg), placeAt(before.chart, origin));
  }, begun);
}

/** Whatever is not done is to begin again: legs that raised something, that were stopped, or that have not begun. */
function beginMissing(moment: Moment, place: Place<ParNode>): Moment {
  const frame = frameAt(moment, place, 'par')!;
  const done = new Set(frame.done);
  const waiting = legsOf(place, frame).filter((leg) => !done.has(leg));
  // An empty list is made again: whoever begins again may have filled it.
  if (waiting.length === 0 && done.size === 0) return enter(forget(moment, place), place);
  // Too few legs: the join has nothing to begin, and says so once more.
  if (waiting.length === 0) return enter(moment, place);
  return beginLegs(remember(moment, place, { ...frame, waiting }), place);
}

/** The outermost scope between `outer` and `origin` whose toggle is off by now: nothing in it may go on. */
function switchedOff(moment: Moment, outer: Place, origin: Place): Place<ScopeNode> | undefined {
  const between = pathFrom(origin).slice(1) as readonly Place<ScopeNode>[];
  return between.findLast(
    (place) => place.key !== outer.key && isWithin(place, outer) && isOpenAndOff(moment, place),
  );
}

/** Of a path outwards: as far as the times before, in a loop, are not concerned. */
function sameTime(path: readonly Place[]): readonly Place[] {
  const last = path.findIndex(
    ({ site, iteration }) => site.parent?.node.kind === 'loop' && iteration.at(-1) !== '1',
  );
  return last === -1 ? path : path.slice(0, last + 1);
}

function holdsDoneLegs(moment: Moment, outer: Place): boolean {
  return Object.entries(moment.state.frames).some(
    ([key, frame]) =>
      frame.kind === 'par' && frame.done.length > 0 && isWithin(placeAt(moment.chart, key), outer),
  );
}

function restart(moment: Moment, place: Place, origin: Place): Moment {
  const lowered = lowerPath(moment, origin, place);
  // An ask knows itself what to do about an operation it has sent before.
  if (place.site.node.kind === 'ask') return enter(lowered, place);
  const cleared = disarm(forget(abandon(lowered, place), place), { frame: place.key });
  return enter(cleared, place);
}

function isDoneInside(moment: Moment, place: Place): boolean {
  return (
    moment.state.operations.some(
      (operation) => mayStand(moment, operation) && isWithin(placeOf(moment, operation), place),
    ) ||
    Object.entries(moment.state.frames).some(
      ([key, frame]) => frame.kind === 'wait' && runsAnother(placeAt(moment.chart, key), place),
    )
  );
}

/** Another saga that is under way inside has done who knows what. */
function runsAnother({ site, ...place }: Place, outer: Place): boolean {
  return site.node.kind === 'ask' && site.node.channel === 'saga' && isWithin({ site, ...place }, outer);
}

function mayStand(moment: Moment, operation: Operation): boolean {
  if (!hasEffect(moment, operation)) return false;
  return operation.standing === 'done' || (operation.standing === 'asked' && mayBeDone(operation));
}

function hasInside(moment: Moment, outer: Place): boolean {
  const { frames, raised, operations } = moment.state;
  const asked = operations.flatMap(({ standing, at }) => (standing === 'asked' ? [at] : []));
  return [...Object.keys(frames), ...Object.keys(raised), ...asked].some(
    (key) => key !== outer.key && isWithin(placeAt(moment.chart, key), outer),
  );
}
