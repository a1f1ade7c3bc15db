import type { PickNode } from '../node.js';
import { close, closeAround, span } from './block-result.js';
import { childOf, type Place } from './chart.js';
import { decide } from './deciding.js';
import { enter, type Moment } from './moment.js';
import { outwards, type NodeKind } from './node-kind.js';
import { raiseError } from './raising.js';

/** The first case whose guard holds. */
export const pick: NodeKind<PickNode> = {
  enter(moment, place) {
    const { cases, otherwise } = place.site.node;
    let told = moment;
    for (const [index, option] of cases.entries()) {
      const guard = decide(told, place, option.if);
      told = guard.moment;
      const { answer } = guard;
      if (!answer.ok) return raiseError(told, place, answer.error, answer.message);
      if (answer.value) return choose(told, place, index);
    }
    return otherwise === undefined ? close(told, place, null, 'skipped') : choose(told, place, cases.length);
  },

  childDone: closeAround,

  childRaised: outwards,
};

function choose(moment: Moment, place: Place<PickNode>, index: number): Moment {
  return enter(span(moment, place), childOf(place, index));
}
