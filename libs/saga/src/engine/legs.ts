import type { ParNode } from '../node.js';
import { childOf, parentOf, type Place } from './chart.js';
import type { ParFrame, Raised } from './engine-state.js';
import { frameAt, remember, without, type Moment } from './moment.js';

/** What a leg is called: its name in the definition, or the key of its item. */
export function legName(leg: Place): string {
  const isItem = leg.site.parent?.node.kind === 'par' && leg.site.parent.node.items !== undefined;
  return isItem ? leg.iteration.at(-1)! : leg.site.slot;
}

/** The names of all legs, in their order. */
export function legsOf({ site }: Place<ParNode>, frame: ParFrame): readonly string[] {
  return frame.items ?? site.node.legs.map(({ name }) => name);
}

/** The place of a leg. */
export function legAt(place: Place<ParNode>, name: string): Place {
  const { items, legs } = place.site.node;
  return items === undefined
    ? childOf(
        place,
        legs.findIndex((leg) => leg.name === name),
      )
    : childOf(place, 0, name);
}

/** Where the signal was raised that a leg has ended in. Keys of items may be any text. */
export function originOf({ raised }: ParFrame, leg: string): string | undefined {
  return Object.hasOwn(raised, leg) ? raised[leg] : undefined;
}

/** Whether a leg has ended in a signal. One that is to begin again counts as open. */
export function hasRaised(frame: ParFrame, leg: string): boolean {
  return originOf(frame, leg) !== undefined && !frame.waiting.includes(leg);
}

/** How many legs have begun and not ended. */
export function openLegs(place: Place<ParNode>, frame: ParFrame): number {
  const waiting = new Set(frame.waiting);
  const raised = Object.keys(frame.raised).filter((leg) => !waiting.has(leg));
  return legsOf(place, frame).length - frame.waiting.length - frame.done.length - raised.length;
}

/** What a leg has ended in, if not in success. */
export interface LegSignal {
  readonly leg: string;
  readonly origin: string;
  readonly raised: Raised;
}

/** What legs have ended in, in their order. */
export function signalsOf(moment: Moment, place: Place<ParNode>, frame: ParFrame): readonly LegSignal[] {
  return legsOf(place, frame).flatMap((leg) => {
    const origin = originOf(frame, leg);
    const raised = origin === undefined ? undefined : moment.state.raised[origin];
    return origin === undefined || raised === undefined || !hasRaised(frame, leg)
      ? []
      : [{ leg, origin, raised }];
  });
}

/** The leg at `place`, if it is one, has not ended in a signal after all. */
export function forgetLeg(moment: Moment, place: Place): Moment {
  const parent = parentOf(place);
  const frame = parent && frameAt(moment, parent, 'par');
  if (parent === undefined || frame === undefined) return moment;
  const leg = legName(place);
  if (originOf(frame, leg) === undefined) return moment;
  return remember(moment, parent, {
    ...frame,
    raised: without(frame.raised, leg),
    waiting: frame.waiting.filter((name) => name !== leg),
  });
}
