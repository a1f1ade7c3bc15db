import type { SwitchedInput } from '../input.js';
import type { ScopeNode } from '../node.js';
import { placeAt, type Place } from './chart.js';
import { change, type Moment } from './moment.js';
import { awaitsPivot } from './pivot.js';
import { isSwitchedOff, stopAt, switchOff } from './stopping.js';

/**
 * Somebody switched a toggle. What runs under it is stopped, but for what awaits the pivot: nobody could say what became
 * of it. A toggle that the saga does not have changes nothing.
 */
export function switchToggle(moment: Moment, { toggle, on }: SwitchedInput): Moment {
  const { toggles } = moment.state;
  if (!Object.hasOwn(toggles, toggle) || toggles[toggle] === on) return moment;
  const switched = change(moment, { toggles: { ...toggles, [toggle]: on } });
  return on ? switched : Object.keys(moment.state.frames).reduce(stopAtFrame, switched);
}

function stopAtFrame(moment: Moment, key: string): Moment {
  const frame = moment.state.frames[key];
  if (frame?.kind !== 'scope' || frame.mode !== 'running') return moment;
  const place = placeAt(moment.chart, key) as Place<ScopeNode>;
  const isConcerned = isSwitchedOff(moment, place) && stopAt(moment, place) === 'none';
  return isConcerned && !awaitsPivot(moment, place) ? switchOff(moment, place) : moment;
}
