import type { PickNode } from '../node.js';
import { close, closeAround, span } from './block-result.js';
import { childOf, type Place } from './chart.js';
import { enter, type Moment } from './moment.js';
import { outwards, type NodeKind } from './node-kind.js';
import { raiseError } from './raising.js';
import { evaluate } from './values.js';

/** The first case whose guard holds. */
export const pick: NodeKind<PickNode> = {
  enter(moment, place) {
    for (const [index, option] of place.site.node.cases.entries()) {
      const guard = evaluate(moment, place, option.if);
      if (!guard.ok) return raiseError(moment, place, guard.error, guard.message);
      if (guard.value) return choose(moment, place, index);
    }
    const { cases, otherwise } = place.site.node;
    return otherwise === undefined
      ? close(moment, place, null, 'skipped')
      : choose(moment, place, cases.length);
  },

  childDone: closeAround,

  childRaised: outwards,
};

function choose(moment: Moment, place: Place<PickNode>, index: number): Moment {
  return enter(span(moment, place), childOf(place, index));
}
