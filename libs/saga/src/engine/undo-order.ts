import { areParallel } from './chart.js';
import type { Operation } from './engine-state.js';
import type { Moment } from './moment.js';
import { placeOf } from './operations.js';

/** Whether an operation may be undone while those that were sent `later` are not: all of them were sent beside it. */
export function isReady(moment: Moment, operation: Operation, later: readonly Operation[]): boolean {
  const place = placeOf(moment, operation);
  return later.every((other) => areParallel(place, placeOf(moment, other)));
}
