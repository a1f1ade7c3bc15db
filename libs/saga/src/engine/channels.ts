import type { WaitAsk, WaitChannel } from '../wait-node.js';
import type { Channel } from './channel.js';
import type { Place } from './chart.js';
import { eventChannel } from './event-channel.js';
import { factChannel } from './fact-channel.js';
import { lockChannel } from './lock-channel.js';
import { sagaChannel } from './saga-channel.js';
import { taskChannel } from './task-channel.js';

const channels: { readonly [C in WaitChannel]: Channel<Extract<WaitAsk, { channel: C }>> } = {
  event: eventChannel,
  task: taskChannel,
  saga: sagaChannel,
  lock: lockChannel,
  fact: factChannel,
};

/** The channel that the ask at `place` waits on. */
export function channelOf(place: Place<WaitAsk>): Channel<WaitAsk> {
  return channels[place.site.node.channel] as Channel<WaitAsk>;
}
