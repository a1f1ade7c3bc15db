import type { HeldLock } from '../effect.js';
import type { Json } from '../json.js';
import { areParallel } from './chart.js';
import type { Operation } from './engine-state.js';
import type { Moment } from './moment.js';
import { isLock, placeOf } from './operations.js';

/**
 * The locks under which an operation was sent, and is undone: those that were granted before it on its way, with their
 * tokens. It is the same for every message about the operation.
 */
export function locksOver(moment: Moment, operation: Operation): readonly HeldLock[] {
  const { operations } = moment.state;
  const index = operations.findIndex(({ at, round }) => at === operation.at && round === operation.round);
  const place = placeOf(moment, operation);
  return operations
    .slice(0, index)
    .filter(
      (other) =>
        isLock(moment, other) && other.standing !== 'undone' && !areParallel(place, placeOf(moment, other)),
    )
    .map(heldLock);
}

function heldLock({ sent, output }: Operation): HeldLock {
  const { token } = output as { readonly token: number };
  return { resource: resourceText(sent ?? null), token };
}

/** A resource is compared as text. */
export function resourceText(resource: Json): string {
  return typeof resource === 'string' ? resource : JSON.stringify(resource);
}
