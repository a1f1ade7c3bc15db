import { isEngineError } from '../engine-errors.js';
import type { Handler, ScopeNode } from '../node.js';
import type { BlockResult, Failure } from '../scope-values.js';
import { beginAgain } from './beginning-again.js';
import { close } from './block-result.js';
import { childOf, isWithin, placeAt, type Place } from './chart.js';
import type { Caught, Raised, ScopeFrame } from './engine-state.js';
import { resultOf } from './iterations.js';
import { closeListeners, openListeners } from './listeners.js';
import { done, emit, enter, frameAt, remember, type Moment } from './moment.js';
import { outwards } from './node-kind.js';
import { isUnwanted, placeOf } from './operations.js';
import { containsPivot } from './pivot.js';
import { mark, raiseError, stick } from './raising.js';
import { armScope, isSwitchedOff, lower, stopAt, switchOff } from './stopping.js';
import { disarm, isArmed } from './timers.js';
import { abandon, unwind } from './unwinding.js';
import { evaluate } from './values.js';

/** The name of the handler for what was raised at `origin`, if the scope at `place` has one that may still be used. */
export function canCatch(moment: Moment, place: Place<ScopeNode>, origin: string): string | undefined {
  const raised = moment.state.raised[origin]!;
  const frame = frameAt(moment, place, 'scope');
  if (raised.signal !== 'error' || frame?.mode !== 'running') return undefined;
  const name = handlerName(place.site.node, raised.failure.error);
  if (name === undefined) return undefined;
  const handler = place.site.node.handlers[name]!;
  const isSpent = handler.then === 'retry' && (frame.retries?.[name] ?? 0) >= handler.times;
  return isSpent ? undefined : name;
}

/** Whether the scope at `place` is running and has a handler for this error. */
export function catches(moment: Moment, place: Place<ScopeNode>, error: string): boolean {
  return (
    frameAt(moment, place, 'scope')?.mode === 'running' && handlerName(place.site.node, error) !== undefined
  );
}

/** Hands an error to its handler, after what was done inside is undone, if the handler says so. */
export function catchError(moment: Moment, place: Place<ScopeNode>, name: string, origin: string): Moment {
  const handler = place.site.node.handlers[name]!;
  const { failure } = moment.state.raised[origin] as Raised & { signal: 'error' };
  const cannotUndo = handler.undo && containsPivot(moment, place);
  if (cannotUndo) return stick(moment, placeAt(moment.chart, origin), 'UNCAUGHT', failure);
  const caught: Caught = { handler: name, origin, failure };
  const { error, step: block } = failure;
  const told = emit(moment, { kind: 'caught', path: handler.path, error, block });
  if (!handler.undo) return handle(told, place, caught);
  const undoing = remember(unwind(told, place), place, {
    ...withoutInside(frameOf(told, place)),
    mode: 'undoing',
    caught,
  });
  return openListeners(undoing, place);
}

/** Goes on with handlers that waited until what was done inside is undone. */
export function pursueSavepoints(moment: Moment): Moment {
  return Object.entries(moment.state.frames).reduce((before, [key, frame]) => {
    if (frame.kind !== 'scope' || frame.mode !== 'undoing') return before;
    const place = placeAt(moment.chart, key) as Place<ScopeNode>;
    return isUndone(before, place) ? handle(before, place, frame.caught!) : before;
  }, moment);
}

/** The handler has done its part: the flow goes on as it says. */
export function handled(moment: Moment, place: Place<ScopeNode>): Moment {
  const frame = frameOf(moment, place);
  const { handler: name, origin, failure } = frame.caught!;
  const handler = place.site.node.handlers[name]!;
  switch (handler.then) {
    case 'continue':
      return goOn(moment, place, handler, failure.error);
    case 'retry':
      return retry(moment, place, frame, handler);
    case 'compensate':
      return compensate(moment, place, keepsInside(handler) ? origin : place.key, failure);
    case 'incident':
      return keepsInside(handler)
        ? stick(running(moment, place), placeAt(moment.chart, origin), 'DECLARED', failure)
        : stick(disarm(running(moment, place), { frame: place.key }), place, 'DECLARED', failure);
  }
}

/** Begins the body anew, or, where nothing was undone, what raised in it. */
function retry(moment: Moment, place: Place<ScopeNode>, frame: ScopeFrame, handler: Handler): Moment {
  const { handler: name, origin } = frame.caught!;
  const retries = { ...frame.retries, [name]: (frame.retries?.[name] ?? 0) + 1 };
  const open = remember(moment, place, { ...frame, mode: 'running', caught: undefined, retries });
  const timed = isArmed(open, { frame: place.key }) ? open : armScope(open, place);
  if (isSwitchedOff(timed, place)) return switchOff(timed, place);
  if (handler.undo) return enter(timed, childOf(place, 0));
  // Only what ran beside had gone wrong: the body was over.
  if (frame.ended !== undefined) return done(lower(timed, place), childOf(place, 0));
  return beginAgain(timed, place, placeAt(moment.chart, origin));
}

/** The whole saga is to be undone: what was an error at `origin` goes on outwards as that. */
function compensate(moment: Moment, place: Place<ScopeNode>, origin: string, failure: Failure): Moment {
  const timeless = closeListeners(disarm(running(moment, place), { frame: place.key }), place);
  return outwards(
    mark(timeless, placeAt(moment.chart, origin), { signal: 'undo-all', failure }),
    place,
    place,
    origin,
  );
}

function goOn(moment: Moment, place: Place<ScopeNode>, { output }: Handler, error: string): Moment {
  const value = output === undefined ? ({ ok: true, value: null } as const) : evaluate(moment, place, output);
  if (!value.ok) return raiseError(moment, place, value.error, value.message);
  const timeless = closeListeners(disarm(moment, { frame: place.key }), place);
  const outcome = isEngineError(error) ? error : 'rejected';
  if (frameOf(timeless, place).beside === undefined)
    return close(timeless, place, value.value, outcome, joinedBefore(moment, place));
  const open = running(timeless, place);
  return remember(open, place, { ...frameOf(open, place), ended: { output: value.value, outcome } });
}

/** What a join has counted stays, whatever stands in for its output. */
function joinedBefore(moment: Moment, place: Place): Pick<BlockResult, 'completeness' | 'missing'> {
  const { block } = place.site.node;
  const { completeness, missing } = (block === undefined ? undefined : resultOf(moment, place, block)) ?? {};
  return completeness === undefined || missing === undefined ? {} : { completeness, missing };
}

function handle(moment: Moment, place: Place<ScopeNode>, caught: Caught): Moment {
  const handler = place.site.node.handlers[caught.handler]!;
  const isKept = keepsInside(handler);
  const left = isKept ? lower(moment, place) : abandon(moment, place);
  const frame = isKept ? frameOf(moment, place) : withoutInside(frameOf(moment, place));
  const handling = openListeners(remember(left, place, { ...frame, mode: 'handling', caught }), place);
  if (handler.child === undefined) return handled(handling, place);
  const index = place.site.children.findIndex(({ slot }) => slot === caught.handler);
  return enter(handling, childOf(place, index));
}

/** What ran beside the body went with it. */
function withoutInside(frame: ScopeFrame): ScopeFrame {
  const { beside: _, ended: __, ...rest } = frame;
  return rest;
}

function isUndone(moment: Moment, place: Place): boolean {
  if (stopAt(moment, place) !== 'none') return false;
  return !moment.state.operations.some(
    (operation) => isUnwanted(operation) && isWithin(placeOf(moment, operation), place),
  );
}

/** Whether the handler may come back to what it found. */
function keepsInside({ then, undo }: Handler): boolean {
  return !undo && then !== 'continue';
}

function running(moment: Moment, place: Place<ScopeNode>): Moment {
  return remember(moment, place, { ...frameOf(moment, place), mode: 'running', caught: undefined });
}

function frameOf(moment: Moment, place: Place<ScopeNode>): ScopeFrame {
  return frameAt(moment, place, 'scope')!;
}

/** By exact name; a business error also under `rejected`. There is no catch-all. */
function handlerName({ handlers }: ScopeNode, error: string): string | undefined {
  if (Object.hasOwn(handlers, error)) return error;
  return !isEngineError(error) && Object.hasOwn(handlers, 'rejected') ? 'rejected' : undefined;
}
