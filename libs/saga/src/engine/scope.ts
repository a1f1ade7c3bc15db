import type { ScopeNode } from '../node.js';
import type { Failure } from '../scope-values.js';
import { close, closeAround } from './block-result.js';
import { childOf, placeAt, type Place } from './chart.js';
import { canCatch, catchError, handled } from './catching.js';
import { closeIncident, openIncident } from './incidents.js';
import { blockOf, enter, frameAt, remember, type Moment } from './moment.js';
import { outwards, type NodeKind } from './node-kind.js';
import { awaitsPivot, isPastPivot } from './pivot.js';
import { failureOf, mark, raiseError } from './raising.js';
import { armScope, freeze } from './stopping.js';
import { disarm } from './timers.js';
import { evaluate } from './values.js';

const overdueSuffix = '/overdue';

/** Boundary of errors, of time and of undo. */
export const scope: NodeKind<ScopeNode> = {
  enter(moment, place) {
    const open = remember(moment, place, { kind: 'scope', startedAt: moment.now, mode: 'running' });
    return enter(armScope(open, place), childOf(place, 0));
  },

  childDone(moment, place, child) {
    if (!isBody(child)) return handled(moment, place);
    const { output: expression } = place.site.node;
    const stopped = stopClock(moment, place);
    if (expression === undefined) return closeAround(stopped, place);
    const value = evaluate(moment, place, expression);
    return value.ok
      ? close(stopped, place, value.value)
      : raiseError(stopped, place, 'invalid', value.message);
  },

  childRaised(moment, place, child, origin) {
    const handler = isBody(child) ? canCatch(moment, place, origin) : undefined;
    return handler === undefined ? leave(moment, place, origin) : catchError(moment, place, handler, origin);
  },
};

/**
 * The time of a scope is up: everything inside stands still, and the error `timed-out` is raised at the scope.
 * Where the pivot is awaited inside, or the whole saga is past it, nothing is stopped: that is for a person to see.
 */
export function expire(moment: Moment, place: Place<ScopeNode>): Moment {
  const isRoot = place.key === moment.chart.root.key;
  // A plan that was held back: it goes on by itself now that its time has come.
  if (isRoot && moment.state.ending !== undefined) return moment;
  if (awaitsPivot(moment, place) || (isRoot && isPastPivot(moment))) return overdue(moment, place);
  return interrupt(moment, place, failureOf(moment, place, 'timed-out', 'its time was up'));
}

/** Stops everything inside a scope: an error is raised at the scope itself. */
export function interrupt(moment: Moment, place: Place<ScopeNode>, failure: Failure): Moment {
  const stopped = mark(freeze(moment, place), place, { signal: 'error', failure });
  const isRunning = frameAt(moment, place, 'scope')?.mode === 'running';
  return isRunning
    ? scope.childRaised(stopped, place, childOf(place, 0), place.key)
    : outwards(stopped, place, place, place.key);
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
  return outwards(isRoot ? moment : disarm(moment, { frame: place.key }), place, place, origin);
}

function stopClock(moment: Moment, place: Place<ScopeNode>): Moment {
  return closeIncident(disarm(moment, { frame: place.key }), overdueIncident(place));
}

function isBody(child: Place): boolean {
  return child.site.slot === '';
}
