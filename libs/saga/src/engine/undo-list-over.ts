import { isWithin, placeAt, undoneBy, type Place } from './chart.js';
import type { Operation, Raised } from './engine-state.js';
import { change, type Moment } from './moment.js';
import { failureOf, stick } from './raising.js';
import { undone } from './undoing.js';

/** The blocks have done their part. */
export function listDone(moment: Moment, root: Place): Moment {
  const operation = operationOf(moment, root);
  const inside = (key: string): boolean => isWithin(placeAt(moment.chart, key), root);
  const frames = Object.entries(moment.state.frames).filter(([key]) => !inside(key));
  const cleared = change(moment, { frames: Object.fromEntries(frames) });
  return operation === undefined ? cleared : undone(cleared, operation, 'succeeded');
}

/** What left the blocks stays where it was raised: a person tries that part again, or skips it, and the blocks go on. */
export function listRaised(moment: Moment, origin: string): Moment {
  const place = placeAt(moment.chart, origin);
  const raised = moment.state.raised[origin]!;
  return raised.signal === 'incident'
    ? moment
    : stick(moment, place, 'UNDO_FAILED', failureIn(moment, place, raised));
}

function operationOf(moment: Moment, root: Place): Operation | undefined {
  const key = undoneBy(root)!.key;
  return moment.state.operations.find(({ at, undo }) => at === key && undo?.state === 'running');
}

function failureIn(moment: Moment, place: Place, raised: Raised) {
  return raised.signal === 'end'
    ? failureOf(moment, place, 'failed', 'blocks that undo something cannot end the saga')
    : raised.failure;
}
