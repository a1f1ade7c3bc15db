import type { AwaitEffect, ReleaseEffect } from '../src/effect.js';
import type { HeardInput } from '../src/input.js';
import type { JsonObject } from '../src/json.js';
import type { OperationName } from '../src/operation-name.js';

/** What other sagas and locks have come to, by the name they were asked for under. */
export interface Outsiders {
  readonly completed: Set<OperationName>;
  readonly undone: Set<OperationName>;
  readonly granted: Set<OperationName>;
  readonly released: Set<OperationName>;
  tokens: number;
}

/** Something that will be heard. */
export type Coming = Pick<HeardInput, 'id' | 'what' | 'data'> & { readonly afterMs: number };

/** Before anything was asked for. */
export function newOutsiders(): Outsiders {
  return {
    completed: new Set(),
    undone: new Set(),
    granted: new Set(),
    released: new Set(),
    tokens: 0,
  };
}

/** What comes of a question. `isCalm`: nothing is refused any more. */
export function hearFor(
  outsiders: Outsiders,
  { id, channel, request }: AwaitEffect,
  draw: () => number,
  isCalm: boolean,
): readonly Coming[] {
  const afterMs = 5 + Math.round(draw() * 3_000);
  const isRefused = !isCalm && draw() < 0.2;
  if (channel === 'saga') {
    if (!isRefused) outsiders.completed.add(id);
    return [{ id, what: isRefused ? 'compensated' : 'completed', data: {}, afterMs }];
  }
  // A holder that says that it keeps what it has.
  if (outsiders.granted.has(id) && (request as JsonObject)['keeps'] === true) return [];
  if (isRefused) return [{ id, what: 'refused', data: {}, afterMs }];
  outsiders.granted.add(id);
  outsiders.tokens += 1;
  const granted = { id, what: 'granted', data: { token: outsiders.tokens }, afterMs };
  const lost = { id, what: 'lost', data: {}, afterMs: afterMs + Math.round(draw() * 9_000) };
  return draw() < 0.3 ? [granted, lost] : [granted];
}

/** What comes of a release: a saga that is to undo what it did says when it has. */
export function hearAfter(
  outsiders: Outsiders,
  { id, channel, reason }: ReleaseEffect,
  draw: () => number,
  isCalm: boolean,
): readonly Coming[] {
  if (channel === 'lock') outsiders.released.add(id);
  if (channel !== 'saga' || reason !== 'undo') return [];
  const afterMs = 5 + Math.round(draw() * 3_000);
  if (!isCalm && draw() < 0.2) return [{ id, what: 'refused', data: { reason: 'no' }, afterMs }];
  outsiders.undone.add(id);
  return [{ id, what: 'undone', data: {}, afterMs }];
}
