import type { AnswerInput } from '../input.js';
import type { Conduct } from './conduct.js';
import type { Operation } from './engine-state.js';
import { isListening, send, setExchange, tryAgain } from './exchange.js';
import type { Moment } from './moment.js';
import { current, nameOf, put } from './operations.js';
import { disarm } from './timers.js';
import { sayUndo, stuck, undoUnless } from './undoing.js';

/** The question whether something still has to be undone. Only the answer to the question that is open counts. */
export const questioning: Conduct = {
  succeeded(moment, operation, { attempt, data }) {
    if (!isOpen(operation, attempt)) return moment;
    const closed = close(moment, operation);
    return undoUnless(closed, current(closed, operation), data);
  },

  // There is nothing that would make the undo needless.
  rejected(moment, operation, { attempt }) {
    if (!isOpen(operation, attempt)) return moment;
    const closed = close(moment, operation);
    return sayUndo(closed, current(closed, operation));
  },

  failed: (moment, operation, answer) =>
    isListening(moment, operation, 'unless')
      ? askAgain(moment, operation, 'failed', answer.retryAfterMs)
      : moment,

  accepted: (moment, operation) =>
    isListening(moment, operation, 'unless') ? askAgain(moment, operation, 'failed') : moment,

  forgotten: (moment, operation) =>
    isListening(moment, operation, 'unless') ? unanswered(moment, operation) : moment,

  silent(moment, operation) {
    const { state } = operation.unless!;
    return state === 'sent' ? askAgain(moment, operation, 'silent') : send(moment, operation, 'unless');
  },

  notSent: unanswered,
};

function askAgain(
  moment: Moment,
  operation: Operation,
  after: 'failed' | 'silent',
  retryAfterMs?: AnswerInput['retryAfterMs'],
): Moment {
  return tryAgain(moment, operation, 'unless', after, retryAfterMs) ?? unanswered(moment, operation);
}

/** Undoing twice is as bad as not at all, so a person has to look. */
function unanswered(moment: Moment, operation: Operation): Moment {
  const closed = close(moment, operation);
  return stuck(closed, current(closed, operation), 'nobody can say whether it is still needed');
}

function isOpen({ unless, standing }: Operation, attempt: number): boolean {
  return (
    standing === 'revoked' && unless !== undefined && unless.state !== 'over' && unless.attempt === attempt
  );
}

function close(moment: Moment, operation: Operation): Moment {
  const quiet = disarm(moment, { operation: nameOf(moment, operation, 'unless') });
  return setExchange(put(quiet, operation), operation, 'unless', { ...operation.unless!, state: 'over' });
}
