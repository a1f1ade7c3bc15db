import type { SwitchedInput } from '../input.js';
import type { ScopeNode } from '../node.js';
import { placeAt, type Place } from './chart.js';
import { change, type Moment } from './moment.js';
import { mustStop, switchOff } from './stopping.js';

/**
 * Somebody switched a toggle. What runs under it is stopped, but for what awaits the pivot. A toggle that the saga does not have changes nothing.
 */
export function switchToggle(moment: Moment, { toggle, on }: SwitchedInput): Moment {
  const { toggles } = moment.state;
  if (!Object.hasOwn(toggles, toggle) || toggles[toggle] === on) return moment;
  const switched = change(moment, { toggles: { ...toggles, [toggle]: on } });
  return on ? switched : Object.keys(moment.state.frames).reduce(stopAtFrame, switched);
}

function stopAtFrame(moment: Moment, key: string): Moment {
  const place = placeAt(moment.chart, key) as Place<ScopeNode>;
  return mustStop(moment, place) ? switchOff(moment, place) : moment;
}
