import { isEngineError } from '../engine-errors.js';
import type { AnswerInput } from '../input.js';
import type { Failure } from '../scope-values.js';
import type { CommandAsk } from '../node.js';
import type { Place } from './chart.js';
import type { Conduct } from './conduct.js';
import { missConfirmation } from './confirming.js';
import { cannotTell, doubt, inquire } from './doubting.js';
import type { Operation } from './engine-state.js';
import { afterwards, isListening, listen, send, setExchange, tryAgain } from './exchange.js';
import { enter, type Moment } from './moment.js';
import { isAnswered, placeOf, quieten, settle } from './operations.js';
import { acceptedMs } from './patience.js';
import { failureOf, mark, raise, stick } from './raising.js';
import { receive } from './receiving.js';
import { requiredBefore } from './rechecking.js';
import { recordResult } from './recording.js';
import { lowerPath, stopAt } from './stopping.js';

/** The command itself. */
export const doing: Conduct = {
  succeeded: (moment, operation, answer) => receive(moment, operation, 'do', answer.data, answer.attempt),

  rejected(moment, operation, answer) {
    switch (operation.standing) {
      case 'asked':
        if (operation.do!.state === 'succeeded' || isAnswered(operation)) return moment;
        return refuse(moment, operation, 'rejected', rejection(moment, operation, answer));
      case 'suspect':
        return settle(moment, operation, 'refused', 'rejected', answer.error);
      case 'done':
      case 'covered':
      case 'refused':
      case 'revoked':
      case 'undone':
      case 'left':
        return moment;
    }
  },

  failed: (moment, operation, answer) => hadNoEffect(moment, operation, answer.error ?? 'failed', answer),

  accepted(moment, operation) {
    const isAwaited = operation.do?.state === 'sent' && isListening(moment, operation, 'do');
    return isAwaited
      ? listen(moment, operation, 'do', 'accepted', acceptedMs(moment, operation, 'do'))
      : moment;
  },

  forgotten(moment, operation) {
    if (operation.standing !== 'asked' || !isListening(moment, operation, 'do')) return moment;
    return (
      inquire(moment, operation) ?? cannotTell(moment, operation, 'the participant remembers nothing so old')
    );
  },

  silent(moment, operation) {
    if (operation.standing === 'suspect') return settle(moment, operation, 'left', 'unknown');
    const { state } = operation.do!;
    if (state === 'ready' || state === 'silent') return sendNext(moment, operation);
    if (state === 'confirming') return missConfirmation(moment, operation);
    return state === 'waiting' ? cannotTell(moment, operation, 'no answer came') : doubt(moment, operation);
  },

  notSent(moment, operation, reason) {
    const place = placeOf(moment, operation);
    const isStopped = stopAt(moment, place) !== 'none';
    const quiet = quieten(moment, operation);
    // What was sent before may have arrived; if there was nothing before, nothing can have happened.
    const settled =
      operation.do!.isRepeated === true ? quiet : settle(quiet, operation, 'refused', 'failed', 'not-sent');
    if (operation.standing !== 'asked' || isStopped) return settled;
    return stick(settled, place, 'NOT_SENT', failureOf(moment, place, 'failed', reason));
  },
};

/** A new attempt of what cannot be taken back is made only if what it requires still holds. */
function sendNext(moment: Moment, operation: Operation): Moment {
  const required = requiredBefore(moment, placeOf(moment, operation) as Place<CommandAsk>);
  return required === undefined ? send(moment, operation, 'do') : enter(moment, required);
}

/** Definitely, nothing happened: it is tried again while its policy allows. */
export function hadNoEffect(
  moment: Moment,
  operation: Operation,
  why: string,
  answer: Partial<AnswerInput>,
): Moment {
  if (operation.standing === 'suspect') return settle(moment, operation, 'refused', 'failed', why);
  if (operation.standing !== 'asked') return moment;
  const place = placeOf(moment, operation);
  const stop = stopAt(moment, place);
  const quiet = quieten(moment, operation);
  if (stop === 'around' || stop === 'handled') {
    return setExchange(quiet, operation, 'do', afterwards(operation.do!, 'failed'));
  }
  const lowered = lowerPath(quiet, place);
  const again = tryAgain(lowered, operation, 'do', 'failed', answer.retryAfterMs);
  return again ?? refuse(moment, operation, 'failed', failureOf(moment, place, 'failed', why, answer.data));
}

function refuse(
  moment: Moment,
  operation: Operation,
  outcome: 'rejected' | 'failed',
  failure: Failure,
): Moment {
  const place = placeOf(moment, operation);
  const stop = stopAt(moment, place);
  const settled = settle(moment, operation, 'refused', outcome, failure.error);
  const told = recordResult(settled, operation, outcome, failure.data);
  const isStopped = stop === 'around' || stop === 'handled';
  return isStopped
    ? mark(told, place, { signal: 'error', failure, isKept: true })
    : raise(lowerPath(told, place), place, { signal: 'error', failure });
}

/**
 * A participant cannot speak with the engine's words: what it calls by one of them is just a rejection. It is the first to
 * know, though, that somebody else has taken a lock over that it was asked under.
 */
function rejection(moment: Moment, operation: Operation, { error = 'rejected', data }: AnswerInput): Failure {
  const isTakenOver = error === 'lock-lost' && operation.locks !== undefined;
  const name = isEngineError(error) && !isTakenOver ? 'rejected' : error;
  return failureOf(moment, placeOf(moment, operation), name, `rejected with ${error}`, data);
}
