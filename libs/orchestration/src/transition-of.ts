import type { InboundRecord } from '#libs/messaging';
import type { LiveSaga } from './live-saga.js';
import type { Transition } from './saga-trace.js';

/** What log, traces and metrics hear of one input that was folded into a saga. */
export function transitionOf(
  { id, program, state, trace: anchor, undoCauses }: LiveSaga,
  { topic, part, offset }: InboundRecord,
  what: Pick<Transition, 'input' | 'effects' | 'sent' | 'trace' | 'group' | 'cause'>,
): Transition {
  const { facts } = state;
  const { target } = program;
  const transition = { ...what, saga: id, facts, anchor, topic, part, offset, undoCauses };
  return target === undefined ? transition : { ...transition, target };
}
