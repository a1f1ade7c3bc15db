import type { ScopeNode } from '../node.js';
import { childOf, isWithin, parentOf, pathFrom, placeAt, type Place } from './chart.js';
import type { Frame, Operation, Raised, WaitFrame } from './engine-state.js';
import { closeIncident } from './incidents.js';
import { forgetLeg, hasRaised, legName } from './legs.js';
import { openListeners } from './listeners.js';
import { blockOf, change, emit, enter, frameAt, next, without, type Moment, type Signal } from './moment.js';
import { isUnwanted, lastOperation, nameOf, placeOf, plannedUndos } from './operations.js';
import { awaitsPivot } from './pivot.js';
import { failureOf, mark, raise } from './raising.js';
import { startClock } from './standing-still.js';
import { arm, disarm, isArmed, keepTimers, placeOfTimer } from './timers.js';

/** What keeps the flow from going on at a place. */
export type Stop =
  /** Nothing. */
  | 'none'
  /** An error was raised there, and waits for its join or a person. */
  | 'here'
  /** Something around it has stopped: its time is up, or everything is to be undone. */
  | 'around'
  /** An error that left it is being handled; the handler may come back. */
  | 'handled';

/** What keeps the flow from going on at `place`. */
export function stopAt(moment: Moment, place: Place): Stop {
  const { raised, ending } = moment.state;
  let stop: Stop = place.key in raised ? 'here' : 'none';
  for (
    let inner = place, outer = parentOf(place);
    outer !== undefined;
    inner = outer, outer = parentOf(outer)
  ) {
    const scope = frameAt(moment, outer, 'scope');
    if (scope !== undefined && scope.mode !== 'running' && inner.site.slot === '') return 'handled';
    if (outer.key in raised) stop = 'around';
  }
  return ending === undefined || place.site.undoes !== undefined ? stop : 'around';
}

/**
 * Stops every clock inside but the one of `outer` itself: nothing there is sent or woken any more until it is thawed
 * or abandoned. What is being undone goes on.
 */
export function freeze(moment: Moment, outer: Place): Moment {
  return freezeWhere(moment, (place) => place.key !== outer.key && isWithin(place, outer));
}

/** As {@link freeze}, for every place that is concerned. */
export function freezeWhere(moment: Moment, isConcerned: (place: Place) => boolean): Moment {
  const unwanted = new Set(
    moment.state.operations.filter(isUnwanted).flatMap((operation) => namesOf(moment, operation)),
  );
  return keepTimers(moment, (timer) => {
    if ('operation' in timer && unwanted.has(timer.operation)) return true;
    return !isConcerned(placeOfTimer(moment.chart, timer));
  });
}

/** Stops what is inside a scope, and lets something leave it as if its body had raised it. */
export function interrupt(moment: Moment, place: Place<ScopeNode>, raised: Raised): Moment {
  const stopped = mark(freeze(moment, place), place, raised);
  return next(stopped, { kind: 'leave', place: childOf(place, 0), origin: place.key });
}

/** Whether a scope must not run because of its toggle. */
export function isSwitchedOff({ state }: Moment, { site }: Place<ScopeNode>): boolean {
  const { toggle } = site.node;
  return toggle !== undefined && state.toggles[toggle] === false;
}

/**
 * Whether a scope that is open may not run because of its toggle. What awaits the pivot goes on: nobody could say what
 * became of it.
 */
export function isOpenAndOff(moment: Moment, place: Place<ScopeNode>): boolean {
  return (
    isSwitchedOff(moment, place) &&
    frameAt(moment, place, 'scope')?.mode === 'running' &&
    !awaitsPivot(moment, place)
  );
}

/** Whether a scope has to be stopped because of its toggle: it is open, and nothing has stopped it yet. */
export function mustStop(moment: Moment, place: Place<ScopeNode>): boolean {
  return isOpenAndOff(moment, place) && stopAt(moment, place) === 'none' && !isLeft(moment, place);
}

/** Stops a scope because its toggle is off. */
export function switchOff(moment: Moment, place: Place<ScopeNode>): Moment {
  const failure = failureOf(moment, place, 'switched-off', `the toggle ${place.site.node.toggle} is off`);
  return interrupt(moment, place, { signal: 'error', failure });
}

/** What was raised at `origin` stays there until the flow goes on inside `place`, whose toggle is off by now. */
export function switchOffAround(moment: Moment, place: Place<ScopeNode>, origin: Place): Moment {
  const raised = moment.state.raised[origin.key];
  const kept = raised?.signal === 'error' ? mark(moment, origin, { ...raised, isKept: true }) : moment;
  return switchOff(kept, place);
}

/**
 * Starts again what was frozen inside: clocks from their beginning, messages as they were sent.
 * What ended there in an error meanwhile goes on its way outwards.
 */
export function thaw(moment: Moment, outer: Place): Moment {
  let thawed = moment;
  for (const [key, frame] of Object.entries(moment.state.frames)) {
    const place = placeAt(moment.chart, key);
    if (isWithin(place, outer) && stopAt(moment, place) === 'none') thawed = wake(thawed, place, frame);
  }
  return next(thawed, { kind: 'resume', place: outer, from: 0 });
}

/**
 * Lets what was frozen inside `outer` go on, one after the other: what follows from an answer that came meanwhile may
 * stop the next again. What was switched off meanwhile is stopped first, and an error that was kept goes on its way last.
 */
export function resumeInside(moment: Moment, outer: Place, from: number): Moment {
  const later = (rest: number): Signal => ({ kind: 'resume', place: outer, from: rest });
  if (moment.agenda.some(({ kind }) => kind !== 'resume')) return next(moment, later(from));
  const { operations, raised, frames } = moment.state;
  const off = Object.keys(frames)
    .map((key) => placeAt(moment.chart, key) as Place<ScopeNode>)
    .find((place) => isWithin(place, outer) && mustStop(moment, place));
  if (off !== undefined) return next(switchOff(moment, off), later(from));
  const index = operations.findIndex(
    (operation, position) =>
      position >= from && isWithin(placeOf(moment, operation), outer) && isInterrupted(moment, operation),
  );
  if (index !== -1) return next(enter(moment, placeOf(moment, operations[index]!)), later(index + 1));
  const kept = Object.keys(raised)
    .map((key) => placeAt(moment.chart, key))
    .find((place) => isWithin(place, outer) && isKept(raised[place.key]) && stopAt(moment, place) === 'here');
  return kept === undefined ? moment : next(sendOn(moment, kept), later(operations.length));
}

/** Takes back what was raised at `place` or around it, so that the flow can go on there. */
export function reopen(moment: Moment, place: Place): Moment {
  const outermost = pathFrom(place).findLast(({ key }) => key in moment.state.raised);
  const lowered = lowerPath(moment, place);
  const isUndo = place.site.undoes !== undefined;
  if (moment.state.ending !== undefined && !isUndo)
    return thaw(withdrawPlan(lowered, place), moment.chart.root);
  return outermost === undefined ? lowered : thaw(lowered, outermost);
}

/**
 * Takes back what was raised at `place` and around it. The clocks of the scopes it left go again, from their beginning;
 * not so those at `again` and inside, which are about to begin anew.
 */
export function lowerPath(moment: Moment, place: Place, again?: Place): Moment {
  const path = pathFrom(place);
  const lowered = path.reduce(lower, moment);
  if (lowered === moment) return moment;
  const around = again === undefined ? path : path.filter((at) => !isWithin(at, again));
  return around.reduce(restartClock, lowered);
}

/** Takes back what was raised at one place. */
export function lower(moment: Moment, place: Place): Moment {
  const { raised } = moment.state;
  const lowered = place.key in raised ? change(moment, { raised: without(raised, place.key) }) : moment;
  return closeIncident(forgetLeg(lowered, place), place.key);
}

/** Arms the clock of a scope, if it has one. The saga's own is the root's. */
export function armScope(moment: Moment, place: Place<ScopeNode>): Moment {
  const { program, root } = moment.chart;
  const ms = place.site.node.timeoutMs ?? (place.key === root.key ? program.timeoutMs : undefined);
  return ms === undefined ? moment : startClock(moment, place, ms);
}

function restartClock(moment: Moment, place: Place): Moment {
  const frame = frameAt(moment, place, 'scope');
  return frame?.mode === 'running' ? wake(moment, place, frame) : moment;
}

/** Whether the leg that `place` lies in has ended in a signal: its scopes have been left. */
function isLeft(moment: Moment, place: Place): boolean {
  return pathFrom(place).some((at) => {
    const parent = parentOf(at);
    const frame = parent && frameAt(moment, parent, 'par');
    return frame !== undefined && hasRaised(frame, legName(at));
  });
}

function wake(moment: Moment, place: Place, frame: Frame): Moment {
  if (isArmed(moment, { frame: place.key }) || isLeft(moment, place)) return moment;
  switch (frame.kind) {
    case 'scope':
      return openListeners(armScope(moment, place as Place<ScopeNode>), place as Place<ScopeNode>);
    case 'sleep':
      return arm(moment, { frame: place.key }, frame.until);
    case 'wait':
      return wakeWait(moment, place, frame);
    case 'par':
    case 'span':
      return moment;
  }
}

/** What came meanwhile is looked at by the ask itself. */
function wakeWait(moment: Moment, place: Place, { until, kept }: WaitFrame): Moment {
  const armed = until === undefined ? moment : arm(moment, { frame: place.key }, until);
  return kept === undefined ? armed : enter(armed, place);
}

function isInterrupted(moment: Moment, operation: Operation): boolean {
  const place = placeOf(moment, operation);
  return (
    operation.standing === 'asked' &&
    lastOperation(moment, place)?.round === operation.round &&
    !isHeard(moment, operation) &&
    stopAt(moment, place) === 'none'
  );
}

function isKept(raised: Raised | undefined): boolean {
  return raised?.signal === 'error' && raised.isKept === true;
}

function sendOn(moment: Moment, place: Place): Moment {
  const { failure } = moment.state.raised[place.key] as Raised & { readonly signal: 'error' };
  return raise(moment, place, { signal: 'error', failure });
}

function isHeard(moment: Moment, operation: Operation): boolean {
  return namesOf(moment, operation).some((name) => isArmed(moment, { operation: name }));
}

/** Nothing was undone yet, and what `place` had asked for was done after all. */
function withdrawPlan(moment: Moment, place: Place): Moment {
  const note = { what: 'plan-withdrawn', undos: plannedUndos(moment).length } as const;
  const noted = emit(moment, { kind: 'noted', block: blockOf(place), note });
  const timeless = disarm(noted, { frame: moment.chart.root.key });
  return change(timeless, { status: 'running', failure: undefined, ending: undefined });
}

function namesOf(moment: Moment, operation: Operation): readonly string[] {
  return (['do', 'verify', 'undo', 'unless'] as const).map((way) => nameOf(moment, operation, way));
}
