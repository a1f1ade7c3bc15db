import type { OpenEffect } from '../effect.js';
import type { AnswerInput } from '../input.js';
import type { Instant, Json } from '../json.js';
import type { CommandAsk } from '../node.js';
import type { OperationName } from '../operation-name.js';
import type { Place } from './chart.js';
import type { Exchange, Operation, UndoExchange } from './engine-state.js';
import { emit, type Moment } from './moment.js';
import {
  blockOfOperation,
  current,
  isUndoneByItsOwn,
  mannerOf,
  nameOf,
  nodeOf,
  placeOf,
  put,
  sentBy,
  type Way,
} from './operations.js';
import { choosePatience, tellPatience, timed } from './patience.js';
import { factsAreOldAt } from './rechecking.js';
import { maySendAgain, retryDelay } from './retry-delay.js';
import { arm, isArmed, stopsAt } from './timers.js';

/** Begins to say something about an operation; `says` where it differs from what the operation sent. */
export function begin(moment: Moment, operation: Operation, way: Way, says?: Json): Moment {
  // A question that was asked before is asked under the next number, so that its former answer is not taken for this one's.
  const isQuestion = way === 'verify' || way === 'unless';
  const attempt = isQuestion ? (operation[way]?.attempt ?? 0) + 1 : 1;
  const exchange: Exchange = { state: 'ready', attempt, sends: 0, startedAt: moment.now, says };
  const begun = withExchange(operation, way, exchange);
  return send(put(moment, begun), begun, way);
}

/** Says it, for the first time or again, and begins to listen. The same attempt is always the same message. */
export function send(moment: Moment, operation: Operation, way: Way): Moment {
  const exchange = operation[way]!;
  const next: Exchange = {
    ...exchange,
    state: 'sent',
    sends: exchange.sends + 1,
    isRepeated: exchange.state === 'ready' ? undefined : true,
  };
  const { timeout } = mannerOf(moment, operation, way);
  if (timeout.chosen === undefined) return sendWithin(moment, operation, way, next, timeout.afterMs);
  const patience = choosePatience(moment, operation, way, timeout.chosen);
  const known = tellPatience(moment, operation, way, patience, timeout.chosen.policy);
  return sendWithin(known, operation, way, { ...next, patience }, patience.afterMs);
}

function sendWithin(moment: Moment, operation: Operation, way: Way, next: Exchange, ms: number): Moment {
  const said = setExchange(moment, operation, way, next);
  const mayLinger = way === 'do' && nodeOf(moment, operation).drainMs !== undefined;
  const sent = mayLinger ? put(said, { ...current(said, operation), sentAt: moment.now }) : said;
  return arm(
    emit(sent, openEffect(moment, operation, way, next)),
    { operation: nameOf(moment, operation, way) },
    moment.now + ms,
  );
}

/** Says it again with all its attempts before it, because somebody decided to try once more. */
export function sendAnew(moment: Moment, operation: Operation, way: Way): Moment {
  return send(moment, withExchange(operation, way, { ...operation[way]!, sends: 0 }), way);
}

/**
 * Rests before the next message, or returns `undefined` when the policy allows none, or who was asked says that none
 * would help.
 *
 * Only a definite failure makes the next message a new attempt. After silence it is the same message again: the first
 * one may still be under way, and a participant must be able to tell that they are one.
 */
export function tryAgain(
  moment: Moment,
  operation: Operation,
  way: Way,
  after: 'failed' | 'silent',
  retryAfterMs: AnswerInput['retryAfterMs'] = 0,
): Moment | undefined {
  const exchange = operation[way]!;
  const { retry } = mannerOf(moment, operation, way);
  if (retryAfterMs === 'never' || !maySendAgain(retry, exchange.sends)) return undefined;
  const name = nameOf(moment, operation, way);
  const delay = retryDelay(retry, exchange.sends, `${moment.state.facts.id}/${name}.${exchange.attempt}`);
  const rested = setExchange(moment, operation, way, timed(moment, afterwards(exchange, after)));
  return arm(rested, { operation: name }, moment.now + Math.max(delay, retryAfterMs));
}

/** The exchange when an attempt has failed, or was not heard of: what would be sent next is decided here. */
export function afterwards(exchange: Exchange, after: 'failed' | 'silent'): Exchange {
  return after === 'failed'
    ? { ...exchange, state: 'ready', attempt: exchange.attempt + 1 }
    : { ...exchange, state: 'silent' };
}

/** Listens for `ms` more: it was promised an answer, or has nothing left but patience. */
export function listen(
  moment: Moment,
  operation: Operation,
  way: Way,
  state: 'accepted' | 'waiting',
  ms: number,
): Moment {
  const listening = setExchange(moment, operation, way, { ...operation[way]!, state });
  return arm(listening, { operation: nameOf(moment, operation, way) }, moment.now + ms);
}

/** Whether an answer or a rest is being waited for; not so where the flow has been stopped. */
export function isListening(moment: Moment, operation: Operation, way: Way): boolean {
  return isArmed(moment, { operation: nameOf(moment, operation, way) });
}

/** Replaces one exchange of an operation. */
export function setExchange(moment: Moment, operation: Operation, way: Way, exchange: Exchange): Moment {
  return put(moment, withExchange(current(moment, operation), way, exchange));
}

function withExchange(operation: Operation, way: Way, exchange: Exchange): Operation {
  switch (way) {
    case 'do':
      return { ...operation, do: exchange };
    case 'verify':
      return { ...operation, verify: exchange };
    case 'unless':
      return { ...operation, unless: exchange };
    case 'undo':
      return { ...operation, undo: { ...exchange, round: roundOfUndo(operation, exchange) } };
  }
}

/** An undo has the round of what it undoes unless it had to be asked anew. */
function roundOfUndo(operation: Operation, exchange: Exchange | UndoExchange): number {
  return 'round' in exchange ? exchange.round : (operation.undo?.round ?? operation.round);
}

/** Too late is when it would only be undone, and when it would stand on facts that are too old. */
function deadlineOf(moment: Moment, operation: Operation): Instant | undefined {
  const place = placeOf(moment, operation) as Place<CommandAsk>;
  const stop = stopsAt(moment, place);
  if (place.site.node.recheck === undefined) return stop;
  const old = factsAreOldAt(moment, place);
  return old === undefined ? stop : Math.min(old, stop ?? old);
}

function openEffect(moment: Moment, operation: Operation, way: Way, exchange: Exchange): OpenEffect {
  const { attempt, says } = exchange;
  const asked = (): OperationName => nameOf(moment, operation, 'do');
  const deadline = way === 'do' ? deadlineOf(moment, operation) : undefined;
  return {
    kind: 'open',
    operation: nameOf(moment, operation, way),
    attempt,
    block: blockOfOperation(moment, operation),
    direction: way,
    call: mannerOf(moment, operation, way).call,
    data: says === undefined ? sentBy(moment, operation) : says,
    locks: operation.locks,
    deadline,
    compensates: way === 'undo' && isUndoneByItsOwn(moment, operation) ? asked() : undefined,
    verifies: way === 'verify' ? asked() : undefined,
    isRepeat: exchange.isRepeated,
  };
}
