import type { ScopeNode } from '../node.js';
import type { EventAsk } from '../wait-node.js';
import { askSlot, besideSlot, childOf, type Place } from './chart.js';
import { enter, forget, frameAt, type Moment } from './moment.js';
import { withdraw } from './withdrawing.js';

/** Whether the ask at `place` is one that a scope keeps open while it runs. */
export function isListener({ site }: Place): boolean {
  return site.slot.startsWith(askSlot);
}

/** Whether `place` is where a scope runs blocks for an event that came. */
export function isBeside({ site }: Place): boolean {
  return site.slot.startsWith(besideSlot);
}

/** Begins to listen wherever the scope does not yet. */
export function openListeners(moment: Moment, place: Place<ScopeNode>): Moment {
  return listenersOf(place).reduce(enter, moment);
}

/** Listens no more. */
export function closeListeners(moment: Moment, place: Place<ScopeNode>): Moment {
  return listenersOf(place).reduce((before, child) => {
    const frame = frameAt(before, child, 'wait');
    return frame === undefined ? before : forget(withdraw(before, child, frame), child);
  }, moment);
}

function listenersOf(place: Place<ScopeNode>): readonly Place<EventAsk>[] {
  if (place.site.node.listeners === undefined) return [];
  return place.site.children.flatMap((site, index) =>
    site.slot.startsWith(askSlot) ? [childOf(place, index) as Place<EventAsk>] : [],
  );
}
