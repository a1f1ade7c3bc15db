import type { ReleaseEffect } from '../effect.js';
import { operationName, type OperationName } from '../operation-name.js';
import type { CommandAsk } from '../node.js';
import type { WaitAsk } from '../wait-node.js';
import type { Place } from './chart.js';
import type { WaitFrame } from './engine-state.js';
import { emit, type Moment } from './moment.js';

/** What is waited for at `place`, by its name on the wire. */
export function waitName({ site, iteration }: Place<WaitAsk | CommandAsk>, round: number): OperationName {
  return operationName({ block: site.node.block, iteration, round, direction: 'wait' });
}

/** Says that nobody waits at `place` any more. */
export function withdraw(
  moment: Moment,
  place: Place<WaitAsk | CommandAsk>,
  { round }: Pick<WaitFrame, 'round'>,
  reason?: string,
): Moment {
  const { channel, block } = place.site.node;
  const effect: ReleaseEffect = {
    kind: 'release',
    id: waitName(place, round),
    // What a command waits for is the event that confirms it.
    channel: channel === 'command' ? 'event' : channel,
    block,
    ...(reason !== undefined && { reason }),
  };
  return emit(moment, effect);
}
