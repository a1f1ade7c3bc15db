import type { Conduct } from './conduct.js';
import type { Exchange, Operation, UndoExchange } from './engine-state.js';
import { afterwards, begin, isListening, listen, send, setExchange, tryAgain } from './exchange.js';
import { closeIncident, openIncident } from './incidents.js';
import { emit, type Moment } from './moment.js';
import { freshRound, nameOf, nodeOf, placeOf, put, selfOf, settledEffect } from './operations.js';
import { disarm } from './timers.js';
import { evaluate } from './values.js';

/** The command that undoes it. It has to succeed in the end: whatever else happens waits for a person. */
export const undoing: Conduct = {
  succeeded: (moment, operation) =>
    operation.standing === 'revoked' ? undone(moment, operation, 'succeeded') : moment,

  rejected(moment, operation, answer) {
    if (operation.standing !== 'revoked') return moment;
    // A participant remembers that it refused this one, so the next try has to be another operation.
    const round = freshRound(moment, operation.at);
    const told = emit(moment, settledEffect(moment, operation, 'undo', 'rejected', answer.error));
    return stuck(
      told,
      operation,
      { ...operation.undo!, state: 'ready', attempt: 1, round },
      `rejected with ${answer.error ?? 'rejected'}`,
    );
  },

  failed(moment, operation, answer) {
    const failed = afterwards(operation.undo!, 'failed');
    const again = tryAgain(moment, operation, 'undo', 'failed', answer.retryAfterMs);
    return again ?? stuck(moment, operation, failed, `it keeps failing: ${answer.error ?? 'failed'}`);
  },

  accepted(moment, operation) {
    const isAwaited = operation.undo?.state === 'sent' && isListening(moment, operation, 'undo');
    return isAwaited
      ? listen(moment, operation, 'undo', 'accepted', nodeOf(moment, operation).undo!.timeout.acceptedMs)
      : moment;
  },

  forgotten: (moment, operation) =>
    isListening(moment, operation, 'undo')
      ? stuck(
          moment,
          operation,
          afterwards(operation.undo!, 'silent'),
          'the participant remembers nothing so old',
        )
      : moment,

  silent(moment, operation) {
    const { state } = operation.undo!;
    if (state === 'ready' || state === 'silent') return send(moment, operation, 'undo');
    const again = tryAgain(moment, operation, 'undo', 'silent');
    return (
      again ??
      stuck(
        moment,
        operation,
        afterwards(operation.undo!, 'silent'),
        'no answer came: nobody knows whether it is undone',
      )
    );
  },

  notSent: (moment, operation, reason) =>
    stuck(moment, operation, afterwards(operation.undo!, 'silent'), `not sent: ${reason}`),
};

/** Begins to undo an operation that is revoked. */
export function beginUndo(moment: Moment, operation: Operation): Moment {
  const { data } = nodeOf(moment, operation).undo!;
  if (data === undefined) return begin(moment, operation, 'undo');
  const says = evaluate(moment, placeOf(moment, operation), data, { self: selfOf(moment, operation) });
  if (says.ok) return begin(moment, operation, 'undo', says.value);
  const unsaid: Exchange = { state: 'ready', attempt: 1, sends: 0, startedAt: moment.now };
  return stuck(moment, operation, unsaid, `its data cannot be made: ${says.message}`);
}

/** The operation is undone: by its participant, or in a person's word. */
export function undone(moment: Moment, operation: Operation, outcome: 'succeeded' | 'skipped'): Moment {
  const quiet = disarm(moment, { operation: nameOf(moment, operation, 'undo') });
  const told = emit(quiet, settledEffect(moment, operation, 'undo', outcome));
  const settled = put(told, {
    ...operation,
    standing: 'undone',
    undo: { ...operation.undo!, state: 'over' },
  });
  return closeIncident(settled, nameOf(moment, operation, 'do'));
}

function stuck(
  moment: Moment,
  operation: Operation,
  exchange: Exchange | UndoExchange,
  message: string,
): Moment {
  const quiet = disarm(moment, { operation: nameOf(moment, operation, 'undo') });
  const held = setExchange(quiet, operation, 'undo', exchange);
  const { block } = nodeOf(moment, operation);
  return openIncident(held, nameOf(moment, operation, 'do'), { block, code: 'UNDO_FAILED', message });
}
