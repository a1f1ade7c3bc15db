import type { Json } from '../json.js';
import type { ScopeNode } from '../node.js';
import { close, closeAround } from './block-result.js';
import { childOf, placeAt, type Place } from './chart.js';
import { canCatch, catchError, handled } from './catching.js';
import { cover } from './covering.js';
import { closeIncident, openIncident } from './incidents.js';
import { blockOf, enter, frameAt, remember, type Moment } from './moment.js';
import { closeListeners, isBeside, isListener, openListeners } from './listeners.js';
import { listened, withoutBeside } from './listening.js';
import { outwards, type NodeKind } from './node-kind.js';
import { awaitsPivot, isPastPivot } from './pivot.js';
import { failureOf, raiseError } from './raising.js';
import { armScope, interrupt, isSwitchedOff, switchOff } from './stopping.js';
import { disarm } from './timers.js';
import { abandon } from './unwinding.js';
import { evaluate } from './values.js';

const overdueSuffix = '/overdue';

/** Boundary of errors, of time and of undo. */
export const scope: NodeKind<ScopeNode> = {
  enter(moment, place) {
    const open = remember(moment, place, { kind: 'scope', startedAt: moment.now, mode: 'running' });
    if (isSwitchedOff(open, place)) return switchOff(open, place);
    return enter(openListeners(armScope(open, place), place), childOf(place, 0));
  },

  childDone(moment, place, child) {
    if (isBody(child)) return bodyDone(moment, place);
    if (isListener(child)) return listened(moment, place, child);
    if (isBeside(child)) return besideDone(moment, place, child);
    return handled(moment, place);
  },

  childRaised(moment, place, child, origin) {
    if (isBeside(child)) return besideRaised(moment, place, child, origin);
    const handler = isBody(child) ? canCatch(moment, place, origin) : undefined;
    return handler === undefined ? leave(moment, place, origin) : catchError(moment, place, handler, origin);
  },
};

function bodyDone(moment: Moment, place: Place<ScopeNode>): Moment {
  if (place.site.node.listeners === undefined) return complete(moment, place);
  const deaf = closeListeners(moment, place);
  const frame = frameAt(deaf, place, 'scope')!;
  return frame.beside === undefined ? complete(deaf, place) : remember(deaf, place, { ...frame, ended: {} });
}

function complete(moment: Moment, place: Place<ScopeNode>): Moment {
  const { output: expression, undo } = place.site.node;
  const stopped = stopClock(moment, place);
  const covered = (output: Json): Moment => (undo === undefined ? stopped : cover(stopped, place, output));
  if (expression === undefined) return closeAround(covered(null), place);
  const value = evaluate(moment, place, expression);
  return value.ok
    ? close(covered(value.value), place, value.value)
    : raiseError(stopped, place, value.error, value.message);
}

/** What ran beside is done. The scope is, too, if its body was and nothing else runs beside. */
function besideDone(moment: Moment, place: Place<ScopeNode>, child: Place): Moment {
  const frame = withoutBeside(frameAt(moment, place, 'scope')!, child);
  const left = remember(moment, place, frame);
  if (frame.ended === undefined || frame.beside !== undefined) return left;
  const { output, outcome } = frame.ended;
  return outcome === undefined
    ? complete(left, place)
    : close(stopClock(left, place), place, output, outcome);
}

/** What is raised beside is the scope's own: it stops the body as well. */
function besideRaised(moment: Moment, place: Place<ScopeNode>, child: Place, origin: string): Moment {
  const raised = moment.state.raised[origin]!;
  const dropped = abandon(moment, child);
  const frame = withoutBeside(frameAt(dropped, place, 'scope')!, child);
  return interrupt(remember(dropped, place, frame), place, raised);
}

/**
 * The time of a scope is up: everything inside stands still, and the error `timed-out` is raised at the scope.
 * Where the pivot is awaited inside, or the whole saga is past it, nothing is stopped: that is for a person to see.
 */
export function expire(moment: Moment, place: Place<ScopeNode>): Moment {
  const isRoot = place.key === moment.chart.root.key;
  // A plan that was held back: it goes on by itself now that its time has come.
  if (isRoot && moment.state.ending !== undefined) return moment;
  if (awaitsPivot(moment, place) || (isRoot && isPastPivot(moment))) return overdue(moment, place);
  const failure = failureOf(moment, place, 'timed-out', 'its time was up');
  return interrupt(moment, place, { signal: 'error', failure });
}

/** The scope that an incident is about whose time is up and that is not stopped. */
export function placeOfOverdue(moment: Moment, incident: string): Place<ScopeNode> {
  return placeAt(moment.chart, incident.slice(0, -overdueSuffix.length)) as Place<ScopeNode>;
}

function overdueIncident(place: Place): string {
  return place.key + overdueSuffix;
}

function overdue(moment: Moment, place: Place<ScopeNode>): Moment {
  const trouble = {
    block: blockOf(place),
    code: 'OVERDUE',
    message: 'its time is up, and it goes on',
  } as const;
  return openIncident(moment, overdueIncident(place), trouble);
}

/** What left a scope has ended it, so its clock stands still. The saga's own goes on, for a person may be waited for. */
function leave(moment: Moment, place: Place<ScopeNode>, origin: string): Moment {
  const isRoot = place.key === moment.chart.root.key;
  const left = isRoot ? moment : closeListeners(disarm(moment, { frame: place.key }), place);
  return outwards(left, place, place, origin);
}

function stopClock(moment: Moment, place: Place<ScopeNode>): Moment {
  return closeIncident(disarm(moment, { frame: place.key }), overdueIncident(place));
}

function isBody(child: Place): boolean {
  return child.site.slot === '';
}
