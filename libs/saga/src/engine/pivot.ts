import { isWithin, type Place } from './chart.js';
import type { Operation } from './engine-state.js';
import type { Moment } from './moment.js';
import { commandOf, mayBeDone, placeOf } from './operations.js';

/**
 * Whether nothing of what was done so far may be undone: the pivot took effect, or nobody can say that it did not.
 */
export function isPastPivot(moment: Moment): boolean {
  return (
    moment.chart.program.forwardOnly ||
    moment.state.operations.some((operation) => holdsPivot(moment, operation))
  );
}

/** Whether a pivot inside `outer` was sent, and its outcome is awaited. */
export function awaitsPivot(moment: Moment, outer: Place): boolean {
  return moment.state.operations.some(
    (operation) =>
      operation.standing === 'asked' &&
      holdsPivot(moment, operation) &&
      isWithin(placeOf(moment, operation), outer),
  );
}

/** Whether a pivot inside `outer` may have taken effect. */
export function containsPivot(moment: Moment, outer: Place): boolean {
  return moment.state.operations.some(
    (operation) => holdsPivot(moment, operation) && isWithin(placeOf(moment, operation), outer),
  );
}

function holdsPivot(moment: Moment, operation: Operation): boolean {
  return commandOf(moment, operation)?.pivot === true && mayStand(operation);
}

function mayStand(operation: Operation): boolean {
  switch (operation.standing) {
    case 'asked':
      return mayBeDone(operation);
    case 'done':
    case 'covered':
    case 'suspect':
    case 'revoked':
    case 'left':
      return true;
    case 'refused':
    case 'undone':
      return false;
  }
}
