import type { Conduct } from './conduct.js';
import { disprove } from './confirming.js';
import { hadNoEffect } from './doing.js';
import { inquireAgain, unresolved } from './doubting.js';
import type { Operation } from './engine-state.js';
import { isListening, send } from './exchange.js';
import { receive } from './receiving.js';

/** The question whether it was done. The participant makes sure that what was not done will not be done any more. */
export const verifying: Conduct = {
  // Who has said that it was done says so again: that is no event, and nothing is known that was not known before.
  succeeded(moment, operation, { data, attempt }) {
    if (!isMissed(operation)) return receive(moment, operation, 'verify', data, attempt);
    return isListening(moment, operation, 'verify') ? unresolved(moment, operation) : moment;
  },

  // "Not done" holds until the command is sent again, so it counts only as the answer to the question that is open.
  rejected(moment, operation, answer) {
    const { verify } = operation;
    if (verify === undefined || verify.state === 'over' || answer.attempt !== verify.attempt) return moment;
    if (isMissed(operation)) return disprove(moment, operation);
    return hadNoEffect(moment, operation, 'not-done', {});
  },

  failed: (moment, operation, answer) =>
    isListening(moment, operation, 'verify')
      ? inquireAgain(moment, operation, 'failed', answer.retryAfterMs)
      : moment,

  // Still being worked at: no answer yet to what was asked.
  accepted: (moment, operation) =>
    isListening(moment, operation, 'verify') ? inquireAgain(moment, operation, 'failed') : moment,

  forgotten: (moment, operation) =>
    isListening(moment, operation, 'verify') ? unresolved(moment, operation) : moment,

  silent(moment, operation) {
    const { state } = operation.verify!;
    return state === 'sent' ? inquireAgain(moment, operation, 'silent') : send(moment, operation, 'verify');
  },

  notSent: unresolved,
};

function isMissed({ confirm, standing }: Operation): boolean {
  return confirm === 'missed' && standing === 'asked';
}
