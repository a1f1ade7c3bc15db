import type { HeldLock } from '../effect.js';
import type { Json } from '../json.js';
import type { OperationName } from '../operation-name.js';
import { areParallel, type Place } from './chart.js';
import type { Operation } from './engine-state.js';
import type { Moment } from './moment.js';
import { commandOf, isLock, nameOf, placeOf } from './operations.js';

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
  const { token, supersedes } = output as Pick<HeldLock, 'token' | 'supersedes'>;
  return { resource: resourceText(sent ?? null), token, ...(supersedes !== undefined && { supersedes }) };
}

/** What was asked of participants under a lock that is being given back, and is undone. */
export function undoneUnder(moment: Moment, { sent, output }: Operation): readonly OperationName[] {
  if (!moment.chart.hasLocks) return [];
  const { token } = (output ?? {}) as Partial<HeldLock>;
  const resource = resourceText(sent ?? null);
  return moment.state.operations
    .filter(
      (other) =>
        other.standing === 'undone' &&
        commandOf(moment, other) !== undefined &&
        (other.locks ?? []).some((lock) => lock.resource === resource && lock.token === token),
    )
    .map((operation) => nameOf(moment, operation, 'do'));
}

/** A resource is compared as text. */
export function resourceText(resource: Json): string {
  return typeof resource === 'string' ? resource : JSON.stringify(resource);
}
