import type { SeqNode } from '../node.js';
import { close, closeAround, span } from './block-result.js';
import { childOf } from './chart.js';
import { enter } from './moment.js';
import { outwards, type NodeKind } from './node-kind.js';

/** Children one after the other. The child that is open says how far it is. */
export const seq: NodeKind<SeqNode> = {
  enter(moment, place) {
    if (place.site.children.length === 0) return close(moment, place);
    return enter(span(moment, place), childOf(place, 0));
  },

  childDone(moment, place, child) {
    const following = Number(child.site.slot) + 1;
    if (following === place.site.children.length) return closeAround(moment, place);
    return enter(moment, childOf(place, following));
  },

  childRaised: outwards,
};
