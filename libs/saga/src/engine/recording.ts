import type { Json } from '../json.js';
import type { Operation } from './engine-state.js';
import { record } from './iterations.js';
import type { Moment } from './moment.js';
import { blockOfOperation, placeOf } from './operations.js';

/** Makes what became of an exchange visible to expressions. */
export function recordResult(moment: Moment, operation: Operation, outcome: string, output: Json): Moment {
  const { sends: attempts, startedAt } = operation.do!;
  const place = placeOf(moment, operation);
  return record(moment, place, blockOfOperation(moment, operation), {
    output,
    outcome,
    attempts,
    startedAt,
    endedAt: moment.now,
  });
}
