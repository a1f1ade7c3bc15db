import type { HeldLock } from '../effect.js';
import type { Json } from '../json.js';
import { areParallel, type Place } from './chart.js';
import type { Operation } from './engine-state.js';
import type { Moment } from './moment.js';
import { isLock, placeOf } from './operations.js';

/**
 * The locks that stand over a place now, with their tokens: those that were granted on the way to it and are not being
 * given back. What undoes something does so under the locks that are given back after it.
 */
export function locksOver(moment: Moment, place: Place): readonly HeldLock[] {
  if (!moment.chart.hasLocks) return [];
  const isUndoing = place.site.undoes !== undefined;
  return moment.state.operations
    .filter(
      (other) =>
        isLock(moment, other) &&
        (other.standing === 'done' || (isUndoing && other.standing === 'revoked')) &&
        !areParallel(place, placeOf(moment, other)),
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
