import type { LoopNode } from '../node.js';
import { close, closeAround, span } from './block-result.js';
import { childOf, type Place } from './chart.js';
import { decide } from './deciding.js';
import { enter, type Moment } from './moment.js';
import { outwards, type NodeKind } from './node-kind.js';
import { raiseError } from './raising.js';
import { evaluate } from './values.js';

/** The child until a condition holds. The iteration that is open says how far it is. */
export const loop: NodeKind<LoopNode> = {
  enter: (moment, place) => enter(span(moment, place), childOf(place, 0, '1')),

  childDone(moment, place, child) {
    const { until, max } = place.site.node;
    const { moment: told, answer } = decide(moment, child, until);
    if (!answer.ok) return raiseError(told, place, answer.error, answer.message);
    if (answer.value) return finish(told, place, child);
    const count = Number(child.iteration.at(-1));
    if (count >= max)
      return raiseError(told, place, 'failed', `the condition did not hold after ${max} times`);
    return enter(told, childOf(place, 0, String(count + 1)));
  },

  childRaised: outwards,
};

function finish(moment: Moment, place: Place<LoopNode>, last: Place): Moment {
  const { output } = place.site.node;
  if (output === undefined) return closeAround(moment, place);
  const value = evaluate(moment, last, output);
  return value.ok ? close(moment, place, value.value) : raiseError(moment, place, value.error, value.message);
}
