import type { SwitchedInput } from '../input.js';
import { change, type Moment } from './moment.js';

/** Somebody switched a toggle. One that the saga does not have changes nothing. */
export function switchToggle(moment: Moment, { toggle, on }: SwitchedInput): Moment {
  const { toggles } = moment.state;
  if (!Object.hasOwn(toggles, toggle) || toggles[toggle] === on) return moment;
  return change(moment, { toggles: { ...toggles, [toggle]: on } });
}
