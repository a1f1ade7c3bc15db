import { durationMs } from '../expression/duration.js';
import { listOf } from '../shape/container-shapes.js';
import { DURATION_OR_NONE, DURATION_RANGE } from '../shape/scalar-shapes.js';
import type { Shape } from '../shape/shape.js';
import { boundsOf } from './played-times.js';

/** When something happened, from the start on: `5m`, or within a range: `5m to 7m`. */
export const TIME: Shape = {
  schema: DURATION_RANGE.schema,
  check: (cursor, checker) => {
    const bounds = typeof cursor.value === 'string' ? boundsOf(cursor.value) : [];
    if (bounds.length < 2) return DURATION_OR_NONE.check(cursor, checker);
    DURATION_RANGE.check(cursor, checker);
    const [from, to] = bounds.map(durationMs);
    if (from !== undefined && to !== undefined && from > to)
      checker.log.error(cursor, `It is never from ${bounds[0]} on and ${bounds[1]} at most. Swap them.`);
  },
};

const EACH_TIME = listOf(TIME);

/** When something happened last, or, as a list, each time. */
export const TIMES: Shape = {
  schema: { anyOf: [TIME.schema, EACH_TIME.schema] },
  check: (cursor, checker) => (Array.isArray(cursor.value) ? EACH_TIME : TIME).check(cursor, checker),
};
