import type { Json } from '../json.js';
import type { Place } from './chart.js';
import { done, forget, record, remember, type Moment } from './moment.js';

/** Remembers when a node with a name began, where it has no other frame. */
export function span(moment: Moment, place: Place): Moment {
  if (place.site.node.block === undefined) return moment;
  return remember(moment, place, { kind: 'span', startedAt: moment.now });
}

/** The node is done; if it has a name its result is visible under it. */
export function close(moment: Moment, place: Place, output: Json, outcome = 'succeeded'): Moment {
  const { block } = place.site.node;
  const startedAt = moment.state.frames[place.key]?.startedAt ?? moment.now;
  const closed = forget(moment, place);
  const told = block === undefined ? closed : record(closed, block, { output, outcome, attempts: 1, startedAt, endedAt: moment.now });
  return done(told, place, output);
}

/** As {@link close}, for a node that hands on its child's output: a result that the child left under this name stays. */
export function closeLike(moment: Moment, place: Place, child: Place, output: Json): Moment {
  const isNamed = child.site.node.block === place.site.node.block;
  return isNamed ? done(forget(moment, place), place, output) : close(moment, place, output);
}
