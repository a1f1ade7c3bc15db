import { isEqual } from '../expression/runtime-value.js';
import type { AskNode, CommandAsk, TimeAsk } from '../node.js';
import type { WaitAsk } from '../wait-node.js';
import { adopt } from './adopting.js';
import { askAnswer } from './answering.js';
import { close } from './block-result.js';
import type { Place } from './chart.js';
import type { Operation } from './engine-state.js';
import { begin, send, sendAnew, setExchange } from './exchange.js';
import { askConfirmation, listenForIt } from './confirming.js';
import { enter, frameAt, remember, type Moment } from './moment.js';
import { locksOver } from './locks-held.js';
import { noteForbidden } from './forbidding.js';
import { leaf, type NodeKind } from './node-kind.js';
import { add, freshRound, lastOperation, nodeOf, placeOf, sentBy, settle } from './operations.js';
import { requiredBefore } from './rechecking.js';
import { raiseError } from './raising.js';
import { stopAt } from './stopping.js';
import { arm } from './timers.js';
import { evaluate } from './values.js';
import { askOutside, waitDue } from './waiting.js';
import { tellWaited } from './withdrawing.js';

/** The durable exchange: with a participant, with the clock, or with something outside of both. */
export const ask: NodeKind<AskNode> = leaf((moment, place) => {
  const { node } = place.site;
  switch (node.channel) {
    case 'command':
      return askParticipant(moment, place as Place<CommandAsk>);
    case 'time':
      return askClock(moment, place as Place<TimeAsk>);
    case 'event':
    case 'task':
    case 'saga':
    case 'lock':
    case 'fact':
      return askOutside(moment, place as Place<WaitAsk>);
  }
});

/** The time of a wait has come. */
export function wakeUp(moment: Moment, place: Place): Moment {
  const isClock = place.site.node.kind === 'ask' && place.site.node.channel === 'time';
  return isClock ? wokenUp(moment, place as Place<TimeAsk>) : waitDue(moment, place as Place<WaitAsk>);
}

function wokenUp(moment: Moment, place: Place<TimeAsk>): Moment {
  const slept = frameAt(moment, place, 'sleep');
  return close(slept === undefined ? moment : tellWaited(moment, place, slept, 'came'), place);
}

function askParticipant(moment: Moment, place: Place<CommandAsk>): Moment {
  const required = requiredBefore(moment, place);
  if (required !== undefined) return enter(moment, required);
  const last = lastOperation(moment, place);
  const open = last?.standing === 'asked' ? last : undefined;
  if (open === undefined) return askAnew(moment, place);
  // What came at the same time has stopped the flow here, so this waits until it goes on.
  if (stopAt(moment, place) !== 'none') return moment;
  if (open.confirm !== 'disproved') return askAgain(moment, open);
  return askAnew(settle(moment, open, 'refused', 'failed', 'unconfirmed'), place);
}

// Entered again in doubt: another operation beside it could take effect twice, so it is asked about once more.
function askAgain(moment: Moment, last: Operation): Moment {
  switch (last.do!.state) {
    case 'succeeded':
      return adopt(moment, last, last.output!);
    case 'confirming':
      return listenForIt(moment, last);
    case 'ready':
      return nodeOf(moment, last).recheck === undefined
        ? sendAnew(moment, last, 'do')
        : sendAsKnown(moment, last);
    default:
      return sendAnew(moment, last, 'do');
  }
}

/** What it requires was asked for again. What was made of that is made again: where it differs, it is another operation. */
function sendAsKnown(moment: Moment, last: Operation): Moment {
  const place = placeOf(moment, last) as Place<CommandAsk>;
  const data = evaluate(moment, place, place.site.node.data);
  if (data.ok && isEqual(data.value, sentBy(moment, last))) return send(moment, last, 'do');
  const anew = askAnew(settle(moment, last, 'refused', 'failed', 'changed'), place);
  const next = lastOperation(anew, place)!;
  if (next.round === last.round) return anew;
  // Its attempts count on, so that what changes all the time is not tried for ever.
  return setExchange(anew, next, 'do', { ...next.do!, sends: next.do!.sends + last.do!.sends });
}

function askAnew(moment: Moment, place: Place<CommandAsk>): Moment {
  const data = evaluate(moment, place, place.site.node.data);
  if (!data.ok)
    return raiseError(noteForbidden(moment, place.site.node.block, data), place, data.error, data.message);
  const isInput = data.value === moment.state.input;
  const locks = locksOver(moment, place);
  const operation: Operation = {
    at: place.key,
    round: freshRound(moment, place.key),
    standing: 'asked',
    sent: isInput ? undefined : data.value,
    locks: locks.length > 0 ? locks : undefined,
  };
  const confirmed = askConfirmation(moment, place, operation);
  if (!confirmed.ok) return raiseError(moment, place, confirmed.error, confirmed.message);
  const { asked, operation: known } = confirmed.value;
  const answering = askAnswer(asked, place, known);
  if (!answering.ok) return raiseError(moment, place, answering.error, answering.message);
  return begin(add(answering.value, known), known, 'do');
}

function askClock(moment: Moment, place: Place<TimeAsk>): Moment {
  const { wait } = place.site.node;
  const until =
    'forMs' in wait
      ? ({ ok: true, value: moment.now + wait.forMs } as const)
      : evaluate(moment, place, wait.until);
  if (!until.ok) return raiseError(moment, place, until.error, until.message);
  if (until.value <= moment.now) return close(moment, place);
  const sleeping = remember(moment, place, { kind: 'sleep', startedAt: moment.now, until: until.value });
  return arm(sleeping, { frame: place.key }, until.value);
}
