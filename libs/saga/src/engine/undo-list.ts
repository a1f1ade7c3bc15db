import { placeIn, type Place } from './chart.js';
import type { Operation } from './engine-state.js';
import { enter, type Moment } from './moment.js';
import { placeOf, put } from './operations.js';

/** Begins the blocks that undo an operation. They are a tree of their own: what stops the flow does not stop them. */
export function beginList(moment: Moment, operation: Operation): Moment {
  const undo = { state: 'running', attempt: 1, sends: 1, startedAt: moment.now } as const;
  const begun = put(moment, { ...operation, undo: { ...undo, round: operation.round } });
  return enter(begun, listAt(moment, operation)!);
}

/** Where the blocks stand that undo an operation, if blocks do. */
export function listAt(moment: Moment, operation: Operation): Place | undefined {
  const { site, iteration } = placeOf(moment, operation);
  return site.undo && placeIn(site.undo, iteration);
}
