import { operationParts, type OperationName } from '../operation-name.js';
import type { Instant } from '../json.js';
import { parentOf, placeAt, placeIn, type Chart, type Place } from './chart.js';
import type { Timer } from './engine-state.js';
import { change, type Moment } from './moment.js';

/** What a timer wakes. */
export type Wakes = { readonly operation: OperationName } | { readonly frame: string };

/** Arms the one timer of an exchange or a frame; a former one is replaced. */
export function arm(moment: Moment, wakes: Wakes, at: Instant): Moment {
  const no = moment.state.lastTimer + 1;
  const others = moment.state.timers.filter((timer) => !isOf(timer, wakes));
  return change(moment, { timers: [...others, { no, at, ...wakes }], lastTimer: no });
}

/** Disarms the timer of an exchange or a frame, if there is one. */
export function disarm(moment: Moment, wakes: Wakes): Moment {
  return keepTimers(moment, (timer) => !isOf(timer, wakes));
}

/** Disarms every timer that does not satisfy `keep`. */
export function keepTimers(moment: Moment, keep: (timer: Timer) => boolean): Moment {
  const timers = moment.state.timers.filter(keep);
  return timers.length === moment.state.timers.length ? moment : change(moment, { timers });
}

/** Whether the timer of an exchange or a frame is armed. */
export function isArmed(moment: Moment, wakes: Wakes): boolean {
  return moment.state.timers.some((timer) => isOf(timer, wakes));
}

/** The timer to be fired next, if one is due. */
export function dueTimer(moment: Moment): Timer | undefined {
  let first: Timer | undefined;
  for (const timer of moment.state.timers) {
    if (timer.at > moment.now) continue;
    if (first === undefined || timer.at < first.at || (timer.at === first.at && timer.no < first.no))
      first = timer;
  }
  return first;
}

/** Takes a timer out, because it is being fired. */
export function takeTimer(moment: Moment, { no }: Timer): Moment {
  return keepTimers(moment, (timer) => timer.no !== no);
}

/**
 * The earliest instant at which a scope around `place` stops what is inside, if any has a clock: a command must not be
 * started later, because it would only be undone. Silence is no such instant: what is slow is still wanted.
 */
export function stopsAt(moment: Moment, place: Place): Instant | undefined {
  let earliest: Instant | undefined;
  for (const timer of moment.state.timers) {
    if (!('frame' in timer) || !isAround(timer.frame, place)) continue;
    if (earliest === undefined || timer.at < earliest) earliest = timer.at;
  }
  return earliest;
}

function isAround(key: string, place: Place): boolean {
  for (let at: Place | undefined = place; at !== undefined; at = parentOf(at))
    if (at.key === key) return true;
  return false;
}

/** Where the thing that a timer wakes stands. */
export function placeOfTimer(chart: Chart, timer: Timer): Place {
  if ('frame' in timer) return placeAt(chart, timer.frame);
  const { block, iteration } = operationParts(timer.operation)!;
  return placeIn(chart.logged.get(block)!, iteration);
}

function isOf(timer: Timer, wakes: Wakes): boolean {
  if ('frame' in wakes) return 'frame' in timer && timer.frame === wakes.frame;
  return 'operation' in timer && timer.operation === wakes.operation;
}
