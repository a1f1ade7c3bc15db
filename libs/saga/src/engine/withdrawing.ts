import type { ReleaseEffect, WaitedEffect } from '../effect.js';
import type { Instant } from '../json.js';
import type { AskNode, CommandAsk, TimeAsk } from '../node.js';
import { operationName, operationParts, type OperationName } from '../operation-name.js';
import type { WaitAsk } from '../wait-node.js';
import type { Place } from './chart.js';
import type { Operation, WaitFrame } from './engine-state.js';
import { emit, type Moment } from './moment.js';

/** What is waited for at `place`, by its name on the wire. */
export function waitName({ site, iteration }: Place<AskNode>, round: number): OperationName {
  return operationName({ block: site.node.block, iteration, round, direction: 'wait' });
}

/** The entry in the undo log that was made when what was asked for as `name` had come. */
export function entryOf(moment: Moment, place: Place<WaitAsk>, name: OperationName): Operation | undefined {
  const round = operationParts(name)?.round;
  return moment.state.operations.find((one) => one.at === place.key && one.round === round);
}

/** Says that nobody waits at `place` any more. */
export function withdraw(
  moment: Moment,
  place: Place<WaitAsk | CommandAsk>,
  { round }: Pick<WaitFrame, 'round'>,
  { reason, undone = [] }: Pick<ReleaseEffect, 'reason' | 'undone'> = {},
): Moment {
  const { channel, block } = place.site.node;
  const effect: ReleaseEffect = {
    kind: 'release',
    id: waitName(place, round),
    // What a command waits for is the event that confirms or answers it.
    channel: channel === 'command' ? 'event' : channel,
    block,
    ...(reason !== undefined && { reason }),
    ...(undone.length > 0 && { undone }),
  };
  return emit(moment, effect);
}

/** Tells that a wait is over. */
export function tellWaited(
  moment: Moment,
  place: Place<WaitAsk | TimeAsk>,
  { round = 1, startedAt, until }: OverFrame,
  outcome: WaitedEffect['outcome'],
  error?: string,
): Moment {
  const { channel, block } = place.site.node;
  return emit(moment, {
    kind: 'waited',
    id: waitName(place, round),
    channel,
    block,
    outcome,
    ...(error !== undefined && { error }),
    startedAt,
    endedAt: moment.now,
    ...(until !== undefined && { until }),
  });
}

/** What is left to be told of a wait. */
interface OverFrame {
  readonly round?: number;
  readonly startedAt: Instant;
  readonly until?: Instant | undefined;
}
