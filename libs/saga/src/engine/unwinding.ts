import type { TimeAsk } from '../node.js';
import type { WaitAsk } from '../wait-node.js';
import { isWithin, placeAt, type Place } from './chart.js';
import type { Operation, WaitFrame } from './engine-state.js';
import { change, type Moment } from './moment.js';
import { add, current, mayBeDone, nodeOf, placeOf, put, settle, undoOf } from './operations.js';
import { decidedAt, mayRest } from './resting.js';
import { isListener } from './listeners.js';
import { freezeWhere, lower } from './stopping.js';
import { letClocksGo } from './standing-still.js';
import { tellWaited, withdraw } from './withdrawing.js';

/** Which places something is about. */
export type Concerns = (place: Place) => boolean;

/** Forgets everything inside `outer`, for the flow goes on without it. What was sent and not answered becomes suspect. */
export function abandon(moment: Moment, outer: Place): Moment {
  const isInside = (place: Place): boolean => isWithin(place, outer);
  return abandonWhere(moment, isInside, (place) => place.key !== outer.key && isInside(place));
}

/** As {@link abandon}, for whatever is concerned; frames and timers where they are to be forgotten, too. */
export function abandonWhere(moment: Moment, isConcerned: Concerns, isForgotten: Concerns): Moment {
  const isAt =
    (concerns: Concerns) =>
    (key: string): boolean =>
      concerns(placeAt(moment.chart, key));
  const inside = isAt(isConcerned);
  const frozen = freezeWhere(moment, isForgotten);
  const released = frozen.state.operations.reduce(
    (before, operation) =>
      operation.standing === 'asked' && inside(operation.at) ? release(before, operation) : before,
    frozen,
  );
  const isForgottenAt = isAt(isForgotten);
  const withdrawn = withdrawWaits(released, inside, (key) => !isForgottenAt(key));
  const frames = Object.fromEntries(
    Object.entries(withdrawn.state.frames).filter(([key]) => !isForgottenAt(key)),
  );
  const lowered = Object.keys(withdrawn.state.raised).filter(inside);
  return lowered.reduce(
    (before, key) => lower(before, placeAt(moment.chart, key)),
    change(withdrawn, { frames }),
  );
}

/** As {@link abandon}, and what was done inside is to be undone. */
export function unwind(moment: Moment, outer: Place): Moment {
  return revokeWhere(abandon(moment, outer), (place) => isWithin(place, outer));
}

/** What was done at the places concerned is to be undone. */
export function revokeWhere(moment: Moment, isConcerned: Concerns): Moment {
  return moment.state.operations.reduce(
    (before, operation) =>
      operation.standing === 'done' && isConcerned(placeOf(before, operation))
        ? revoke(before, operation)
        : before,
    moment,
  );
}

/** What was done is to be undone, if there is a way. */
export function revoke(moment: Moment, operation: Operation): Moment {
  return undoOf(moment, operation) === undefined
    ? moment
    : put(moment, unwanted(moment, operation, 'revoked'));
}

/** What succeeded after the flow went on without it is to be undone. */
export function disown(moment: Moment, operation: Operation): Moment {
  const settled = settle(moment, operation, 'done', 'succeeded');
  return revoke(settled, current(settled, operation));
}

/** What may have been done is to be undone without knowing. */
export function revokeBlindly(moment: Moment, operation: Operation): Moment {
  const settled = settle(moment, operation, 'revoked', 'unknown');
  return put(settled, { ...unwanted(settled, current(settled, operation), 'revoked'), isBlind: true });
}

/** Clocks that stood still for a wait that is withdrawn go on where they are still wanted. */
function withdrawWaits(
  moment: Moment,
  inside: (key: string) => boolean,
  isAround: (key: string) => boolean,
): Moment {
  let withdrawn = moment;
  for (const [key, frame] of Object.entries(moment.state.frames)) {
    if (!inside(key)) continue;
    if (frame.kind === 'sleep')
      withdrawn = tellWaited(withdrawn, placeAt(moment.chart, key) as Place<TimeAsk>, frame, 'withdrawn');
    if (frame.kind !== 'wait') continue;
    const place = placeAt(moment.chart, key) as Place<WaitAsk>;
    withdrawn = unasked(letClocksGo(withdrawn, place, frame, isAround), place, frame);
    if (!isListener(place)) withdrawn = tellWaited(withdrawn, place, frame, 'withdrawn');
  }
  return withdrawn;
}

/** Another saga may have done much by now: it is to be undone, and says when it is. */
function unasked(moment: Moment, place: Place<WaitAsk>, { round }: WaitFrame): Moment {
  const { node } = place.site;
  if (node.channel !== 'saga' || node.undo === undefined) return withdraw(moment, place, { round });
  const entry: Operation = { at: place.key, round, standing: 'revoked', output: null };
  return add(moment, unwanted(moment, entry, 'revoked'));
}

function release(moment: Moment, operation: Operation): Moment {
  if (!nodeOf(moment, operation).effect) return settle(moment, operation, 'left', 'cancelled');
  if (!mayBeDone(operation)) return settle(moment, operation, 'refused', 'cancelled');
  // What waits for its event was answered as done.
  if (isHeard(operation)) return disown(moment, operation);
  return put(moment, unwanted(moment, operation, 'suspect'));
}

function isHeard({ do: exchange }: Operation): boolean {
  return exchange?.state === 'succeeded' || exchange?.state === 'confirming';
}

/** Where undoing it has to wait, it counts when that was decided. */
function unwanted(moment: Moment, operation: Operation, standing: 'suspect' | 'revoked'): Operation {
  if (!mayRest(moment, operation)) return { ...operation, standing };
  return { ...operation, standing, unwantedAt: operation.unwantedAt ?? decidedAt(moment) };
}
