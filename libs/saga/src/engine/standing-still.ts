import type { WaitAsk } from '../wait-node.js';
import { channelOf } from './channels.js';
import { isWithin, parentOf, placeAt, type Place } from './chart.js';
import type { WaitFrame } from './engine-state.js';
import { frameAt, remember, type Moment } from './moment.js';
import { arm, disarm } from './timers.js';

/** Stops the clocks around a wait for people: what they are still deciding must not run out of time. */
export function holdClocks(moment: Moment, place: Place): Moment {
  const held: Record<string, number> = {};
  let still = moment;
  for (let outer = parentOf(place); outer !== undefined; outer = parentOf(outer)) {
    const { key } = outer;
    const timer = moment.state.timers.find((each) => 'frame' in each && each.frame === key);
    if (timer === undefined) continue;
    held[key] = Math.max(0, timer.at - moment.now);
    still = disarm(still, { frame: key });
  }
  return Object.keys(held).length === 0 ? still : withHeld(still, place, held);
}

/** The wait is over: the clocks around it, up to `outermost` inside, go on with what was left of each. */
export function letClocksGo(
  moment: Moment,
  place: Place,
  { held = {} }: WaitFrame,
  isConcerned: (key: string) => boolean = () => true,
): Moment {
  let going = moment;
  for (const [key, left] of Object.entries(held)) {
    const outer = placeAt(moment.chart, key);
    if (!isConcerned(key) || frameAt(moment, outer, 'scope') === undefined) continue;
    const other = holderIn(moment, outer, place);
    going =
      other === undefined
        ? arm(going, { frame: key }, moment.now + left)
        : withHeld(going, other, { ...frameAt(going, other, 'wait')!.held, [key]: left });
  }
  return going;
}

/** Starts the clock of a scope, or has it wait for the people inside. */
export function startClock(moment: Moment, place: Place, ms: number): Moment {
  const holder = holderIn(moment, place);
  if (holder === undefined) return arm(moment, { frame: place.key }, moment.now + ms);
  const { held } = frameAt(moment, holder, 'wait')!;
  return withHeld(moment, holder, { [place.key]: ms, ...held });
}

/** A wait for people inside; of several the one that holds the clock already. */
function holderIn(moment: Moment, outer: Place, except?: Place): Place | undefined {
  if (moment.chart.waits.size === 0) return undefined;
  let holder: Place | undefined;
  for (const [key, frame] of Object.entries(moment.state.frames)) {
    if (frame.kind !== 'wait' || key === except?.key) continue;
    const place = placeAt(moment.chart, key) as Place<WaitAsk>;
    if (channelOf(place).stopsClocks !== true || !isWithin(place, outer)) continue;
    if (frame.held?.[outer.key] !== undefined) return place;
    holder ??= place;
  }
  return holder;
}

function withHeld(moment: Moment, place: Place, held: Readonly<Record<string, number>>): Moment {
  return remember(moment, place, { ...frameAt(moment, place, 'wait')!, held });
}
