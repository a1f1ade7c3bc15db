import type { Conduct } from './conduct.js';
import { cannotTell, hadNoEffect } from './doing.js';
import type { Operation } from './engine-state.js';
import { isListening, send, tryAgain } from './exchange.js';
import type { Moment } from './moment.js';
import { receive } from './receiving.js';
import { settle, undoOf } from './operations.js';
import { revokeBlindly } from './unwinding.js';

/** The question whether it was done. The participant makes sure that what was not done will not be done any more. */
export const verifying: Conduct = {
  succeeded: (moment, operation, answer) => receive(moment, operation, answer.data),

  // "Not done" holds until the command is sent again, so it counts only as the answer to the question that is open.
  rejected(moment, operation, answer) {
    const { verify } = operation;
    if (verify === undefined || verify.state === 'over' || answer.attempt !== verify.attempt) return moment;
    return hadNoEffect(moment, operation, 'not-done', {});
  },

  failed: (moment, operation, answer) =>
    isListening(moment, operation, 'verify')
      ? askAgain(moment, operation, 'failed', answer.retryAfterMs)
      : moment,

  // Still being worked at: no answer yet to what was asked.
  accepted: (moment, operation) =>
    isListening(moment, operation, 'verify') ? askAgain(moment, operation, 'failed') : moment,

  forgotten: (moment, operation) =>
    isListening(moment, operation, 'verify') ? unresolved(moment, operation) : moment,

  silent(moment, operation) {
    const { state } = operation.verify!;
    return state === 'sent' ? askAgain(moment, operation, 'silent') : send(moment, operation, 'verify');
  },

  notSent: unresolved,
};

function askAgain(
  moment: Moment,
  operation: Operation,
  after: 'failed' | 'silent',
  retryAfterMs?: number,
): Moment {
  return tryAgain(moment, operation, 'verify', after, retryAfterMs) ?? unresolved(moment, operation);
}

/** It cannot be found out. Undoing is safe all the same: participants know what they have not done. */
function unresolved(moment: Moment, operation: Operation): Moment {
  if (operation.standing !== 'suspect') return cannotTell(moment, operation, 'it cannot be verified');
  const isUndoable = undoOf(moment, operation) !== undefined;
  return isUndoable ? revokeBlindly(moment, operation) : settle(moment, operation, 'left', 'unknown');
}
