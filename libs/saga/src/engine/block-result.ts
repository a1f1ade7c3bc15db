import type { Json } from '../json.js';
import type { BlockResult } from '../scope-values.js';
import type { Place } from './chart.js';
import { record, recordOutput, resultOf } from './iterations.js';
import { done, forget, remember, type Moment } from './moment.js';

/** Remembers when a node with a name began, where it has no other frame. */
export function span(moment: Moment, place: Place): Moment {
  if (place.site.node.block === undefined) return moment;
  return remember(moment, place, { kind: 'span', startedAt: moment.now });
}

/** The node is done; if it has a name, its result is visible under it. */
export function close(
  moment: Moment,
  place: Place,
  output: Json = null,
  outcome = 'succeeded',
  more?: Pick<BlockResult, 'case' | 'completeness' | 'decision' | 'missing'>,
): Moment {
  const { block } = place.site.node;
  const startedAt = moment.state.frames[place.key]?.startedAt ?? moment.now;
  const closed = forget(moment, place);
  const { parent } = place.site;
  const isItem = parent?.node.kind === 'par' && parent.node.items !== undefined;
  if (isItem) return done(recordOutput(closed, place, output), place);
  if (block === undefined) return done(closed, place);
  const result = { output, outcome, attempts: 1, startedAt, endedAt: moment.now, ...more };
  return done(record(closed, place, block, result), place);
}

/** As {@link close}, for a node that has no output of its own: what a node inside left under the same name stays. */
export function closeAround(moment: Moment, place: Place): Moment {
  const { block } = place.site.node;
  const startedAt = moment.state.frames[place.key]?.startedAt;
  const left = block === undefined ? undefined : resultOf(moment, place, block);
  const isFromInside = left !== undefined && startedAt !== undefined && left.startedAt >= startedAt;
  return isFromInside ? done(forget(moment, place), place) : close(moment, place);
}
