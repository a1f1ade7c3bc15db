import type { ItemLegs, ParNode } from '../node.js';
import type { Json } from '../json.js';
import { beginLegs } from './beginning-again.js';
import type { Place } from './chart.js';
import type { ParFrame } from './engine-state.js';
import { forgetHidden, recordItems } from './iterations.js';
import { joinLegs } from './joining.js';
import { itemKeys } from './item-keys.js';
import { forgetLeg, legAt, legName } from './legs.js';
import { frameAt, remember, type Moment } from './moment.js';
import type { NodeKind } from './node-kind.js';
import { raiseError } from './raising.js';
import { evaluate } from './values.js';

/** Legs beside each other. */
export const par: NodeKind<ParNode> = {
  enter(moment, place) {
    const { items, legs } = place.site.node;
    if (frameAt(moment, place, 'par') !== undefined) return joinLegs(moment, place);
    return items === undefined
      ? open(
          forgetHidden(
            moment,
            legs.map(({ name }) => legAt(place, name)),
          ),
          place,
          legs.map(({ name }) => name),
        )
      : openItems(moment, place, items);
  },

  childDone(moment, place, child) {
    // A leg may have raised something that it did without in the end.
    const kept = forgetLeg(moment, child);
    const frame = frameAt(kept, place, 'par')!;
    return joinLegs(remember(kept, place, { ...frame, done: [...frame.done, legName(child)] }), place);
  },

  childRaised(moment, place, child, origin) {
    const frame = frameAt(moment, place, 'par')!;
    const raised = { ...frame.raised, [legName(child)]: origin };
    return joinLegs(remember(moment, place, { ...frame, raised }), place);
  },
};

/** The list is made once: whatever happens meanwhile, the legs stay the same. */
function openItems(moment: Moment, place: Place<ParNode>, node: ItemLegs): Moment {
  const list = evaluate(moment, place, node.over);
  if (!list.ok) return raiseError(moment, place, list.error, list.message);
  const keys = itemKeys(moment, place, node, list.value);
  if (!keys.ok) return raiseError(moment, place, keys.error, keys.message);
  const items = (list.value as readonly Json[]).map((item, index) => ({
    leg: legAt(place, keys.value[index]!),
    item,
  }));
  return open(recordItems(moment, items), place, keys.value, keys.value);
}

function open(
  moment: Moment,
  place: Place<ParNode>,
  waiting: readonly string[],
  items?: readonly string[],
): Moment {
  const frame: ParFrame = {
    kind: 'par',
    startedAt: moment.now,
    ...(items && { items }),
    waiting,
    done: [],
    raised: {},
  };
  const opened = remember(moment, place, frame);
  return waiting.length === 0 ? joinLegs(opened, place) : beginLegs(opened, place);
}
