import type { WaitAsk } from '../wait-node.js';
import { isWithin, placeAt, type Place } from './chart.js';
import type { Operation } from './engine-state.js';
import { change, type Moment } from './moment.js';
import { current, mayBeDone, nodeOf, placeOf, put, settle } from './operations.js';
import { decidedAt, mayRest } from './resting.js';
import { freeze, lower } from './stopping.js';
import { letClocksGo } from './standing-still.js';
import { withdraw } from './withdrawing.js';

/** Forgets everything inside `outer`, for the flow goes on without it. What was sent and not answered becomes suspect. */
export function abandon(moment: Moment, outer: Place): Moment {
  const inside = (key: string): boolean => isWithin(placeAt(moment.chart, key), outer);
  const isStrictlyInside = (key: string): boolean => key !== outer.key && inside(key);
  const frozen = freeze(moment, outer);
  const released = frozen.state.operations.reduce(
    (before, operation) =>
      inside(operation.at) && operation.standing === 'asked' ? release(before, operation) : before,
    frozen,
  );
  const withdrawn = withdrawWaits(released, inside, (key) => !isStrictlyInside(key));
  const frames = Object.fromEntries(
    Object.entries(withdrawn.state.frames).filter(([key]) => !isStrictlyInside(key)),
  );
  const lowered = Object.keys(withdrawn.state.raised).filter(inside);
  return lowered.reduce(
    (before, key) => lower(before, placeAt(moment.chart, key)),
    change(withdrawn, { frames }),
  );
}

/** As {@link abandon}, and what was done inside is to be undone. */
export function unwind(moment: Moment, outer: Place): Moment {
  const abandoned = abandon(moment, outer);
  return abandoned.state.operations.reduce((before, operation) => {
    const isConcerned = operation.standing === 'done' && isWithin(placeOf(before, operation), outer);
    return isConcerned ? revoke(before, operation) : before;
  }, abandoned);
}

/** What was done is to be undone, if there is a way. */
export function revoke(moment: Moment, operation: Operation): Moment {
  return nodeOf(moment, operation).undo === undefined
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
    if (frame.kind === 'wait' && inside(key))
      withdrawn = withdraw(
        letClocksGo(withdrawn, placeAt(moment.chart, key), frame, isAround),
        placeAt(moment.chart, key) as Place<WaitAsk>,
        frame,
      );
  }
  return withdrawn;
}

function release(moment: Moment, operation: Operation): Moment {
  if (!nodeOf(moment, operation).effect) return settle(moment, operation, 'left', 'cancelled');
  if (!mayBeDone(operation)) return settle(moment, operation, 'refused', 'cancelled');
  if (operation.do!.state === 'succeeded') return disown(moment, operation);
  return put(moment, unwanted(moment, operation, 'suspect'));
}

/** Where undoing it has to wait, it counts when that was decided. */
function unwanted(moment: Moment, operation: Operation, standing: 'suspect' | 'revoked'): Operation {
  if (!mayRest(moment, operation)) return { ...operation, standing };
  return { ...operation, standing, unwantedAt: operation.unwantedAt ?? decidedAt(moment) };
}
