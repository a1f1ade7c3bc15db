import type { ParNode } from '../node.js';
import { close } from './block-result.js';
import { childOf, type Place } from './chart.js';
import type { ParFrame } from './engine-state.js';
import { enter, frameAt, remember, type Moment } from './moment.js';
import { outwards, type NodeKind } from './node-kind.js';

/** Legs beside each other. Nothing is decided before every one of them is done or has raised something. */
export const par: NodeKind<ParNode> = {
  enter(moment, place) {
    const begun = remember(moment, place, { kind: 'par', startedAt: moment.now, done: [], raised: {} });
    if (place.site.children.length === 0) return close(begun, place);
    return place.site.children.reduce((before, _, index) => enter(before, childOf(place, index)), begun);
  },

  childDone(moment, place, child) {
    const frame = frameAt(moment, place, 'par')!;
    return join(moment, place, { ...frame, done: [...frame.done, child.site.slot] });
  },

  childRaised(moment, place, child, origin) {
    const frame = frameAt(moment, place, 'par')!;
    return join(moment, place, { ...frame, raised: { ...frame.raised, [child.site.slot]: origin } });
  },
};

/** The first leg, in the order of the definition, that raised something decides. */
function join(moment: Moment, place: Place<ParNode>, frame: ParFrame): Moment {
  const legs = place.site.node.legs.map(({ name }) => name);
  const joined = remember(moment, place, frame);
  if (!legs.every((name) => frame.done.includes(name) || name in frame.raised)) return joined;
  const first = legs.find((name) => name in frame.raised);
  return first === undefined ? close(joined, place) : outwards(joined, place, place, frame.raised[first]!);
}
