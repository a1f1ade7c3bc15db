import type { Operation } from './engine-state.js';
import { inquire } from './doubting.js';
import { isListening, listen } from './exchange.js';
import type { Moment } from './moment.js';
import type { Instant } from '../json.js';
import { isUnwanted, nameOf, nodeOf, settle } from './operations.js';
import { acceptedMs, afterMs } from './patience.js';
import { settleByHand } from './fixing.js';
import { restsUntil } from './resting.js';
import { arm, isArmed } from './timers.js';
import { isReady } from './undo-order.js';
import { beginUndo } from './undoing.js';
import { revokeBlindly } from './unwinding.js';

/**
 * Begins whatever is to be undone and may be: in reverse order of sending, beside each other where it was sent beside
 * each other. What may have been done is verified first.
 */
export function pursueUnwanted(moment: Moment): Moment {
  const unwanted = moment.state.operations.filter(isUnwanted);
  return unwanted.reduce((before, operation, index) => {
    const isNext = !isBegun(before, operation) && isReady(before, operation, unwanted.slice(index + 1));
    return isNext ? pursue(before, operation) : before;
  }, moment);
}

function isBegun(moment: Moment, operation: Operation): boolean {
  if (operation.undo !== undefined || operation.unless !== undefined) return true;
  return (
    operation.standing === 'suspect' &&
    (isListening(moment, operation, 'verify') || isListening(moment, operation, 'do'))
  );
}

function pursue(moment: Moment, operation: Operation): Moment {
  if (operation.fix !== undefined) return settleByHand(moment, operation, operation.fix);
  const rest = restsUntil(moment, operation);
  if (rest !== undefined && rest > moment.now) return restUntil(moment, operation, rest);
  return operation.standing === 'revoked' ? beginUndo(moment, operation) : clarify(moment, operation);
}

function restUntil(moment: Moment, operation: Operation, until: Instant): Moment {
  const wakes = { operation: nameOf(moment, operation, 'undo') };
  return isArmed(moment, wakes) ? moment : arm(moment, wakes, until);
}

function clarify(moment: Moment, operation: Operation): Moment {
  const { undo } = nodeOf(moment, operation);
  const asked = inquire(moment, operation);
  if (asked !== undefined) return asked;
  if (undo !== undefined) return revokeBlindly(moment, operation);
  // Nothing can be done about it. Its answer may still come, and is waited for as long as it would have been.
  const isHoped = operation.do?.state === 'sent' || operation.do?.state === 'accepted';
  const ms = (operation.do?.state === 'accepted' ? acceptedMs : afterMs)(moment, operation, 'do');
  return isHoped
    ? listen(moment, operation, 'do', 'waiting', ms)
    : settle(moment, operation, 'left', 'unknown');
}
