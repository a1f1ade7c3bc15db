import type { Json } from '../json.js';
import type { CallUndo, ReleaseUndo } from '../node.js';
import type { LockAsk, SagaAsk } from '../wait-node.js';
import type { Place } from './chart.js';
import type { Conduct } from './conduct.js';
import { decide } from './deciding.js';
import type { Exchange, Operation, UndoExchange } from './engine-state.js';
import { afterwards, begin, isListening, listen, send, sendAnew, setExchange, tryAgain } from './exchange.js';
import { noteForbidden } from './forbidding.js';
import { acceptedMs } from './patience.js';
import { closeIncident, openIncident } from './incidents.js';
import { undoneUnder } from './locks-held.js';
import { emit, type Moment } from './moment.js';
import {
  blockOfOperation,
  current,
  freshRound,
  nameOf,
  placeOf,
  put,
  selfOf,
  settledEffect,
  undoOf,
  type Way,
} from './operations.js';
import { disarm } from './timers.js';
import { beginList } from './undo-list.js';
import { evaluate } from './values.js';
import { withdraw } from './withdrawing.js';

/** The command that undoes it. It has to succeed in the end: whatever else happens waits for a person. */
export const undoing: Conduct = {
  succeeded: (moment, operation) =>
    operation.standing === 'revoked' ? undone(moment, operation, 'succeeded') : moment,

  rejected(moment, operation, answer) {
    if (operation.standing !== 'revoked') return moment;
    // A participant remembers that it refused this one, so the next try has to be another operation.
    const round = freshRound(moment, operation.at);
    const told = emit(moment, settledEffect(moment, operation, 'undo', 'rejected', answer.error));
    const anew = { ...operation.undo!, state: 'ready', attempt: 1, round } as const;
    return gaveUp(told, operation, anew, `rejected with ${answer.error ?? 'rejected'}`);
  },

  failed(moment, operation, answer) {
    const failed = afterwards(operation.undo!, 'failed');
    const again = tryAgain(moment, operation, 'undo', 'failed', answer.retryAfterMs);
    const how = answer.retryAfterMs === 'never' ? 'it would fail again' : 'it keeps failing';
    return again ?? gaveUp(moment, operation, failed, `${how}: ${answer.error ?? 'failed'}`);
  },

  accepted(moment, operation) {
    const isAwaited = operation.undo?.state === 'sent' && isListening(moment, operation, 'undo');
    return isAwaited
      ? listen(moment, operation, 'undo', 'accepted', acceptedMs(moment, operation, 'undo'))
      : moment;
  },

  forgotten: (moment, operation) =>
    isListening(moment, operation, 'undo')
      ? unheard(moment, operation, 'the participant remembers nothing so old')
      : moment,

  silent(moment, operation) {
    const { state } = operation.undo!;
    if (state === 'ready' || state === 'silent') return send(moment, operation, 'undo');
    const again = tryAgain(moment, operation, 'undo', 'silent');
    return again ?? unheard(moment, operation, 'no answer came: nobody knows whether it is undone');
  },

  notSent: (moment, operation, reason) => unheard(moment, operation, `not sent: ${reason}`),
};

/** Begins to undo an operation that is revoked, or asks first whether that is still needed. */
export function beginUndo(moment: Moment, operation: Operation): Moment {
  const { unless } = undoOf(moment, operation)!;
  if (unless === undefined) return sayUndo(moment, operation);
  const { query } = unless;
  if (query === undefined) return undoUnless(moment, operation);
  if (query.data === undefined) return begin(moment, operation, 'unless');
  const self = selfOf(moment, operation);
  const says = evaluate(moment, placeOf(moment, operation), query.data, { self });
  if (says.ok) return begin(moment, operation, 'unless', says.value);
  return unasked(moment, operation, `the question before it cannot be made: ${says.message}`);
}

/** Sends the undo, unless what is known, and perhaps the answer to a question, says that it is not needed. */
export function undoUnless(moment: Moment, operation: Operation, output?: Json): Moment {
  const { if: condition, because } = undoOf(moment, operation)!.unless!;
  const self = selfOf(moment, operation);
  const values = output === undefined ? { self } : { self, output };
  const { moment: told, answer } = decide(moment, placeOf(moment, operation), condition, values);
  if (!answer.ok) return unasked(told, operation, `whether it is needed cannot be said: ${answer.message}`);
  return answer.value ? undone(told, operation, 'skipped', because) : sayUndo(told, operation);
}

/** Undoes it in its way. What was sent before is sent with all its attempts before it. */
export function sayUndo(moment: Moment, operation: Operation): Moment {
  const undo = undoOf(moment, operation)!;
  if ('child' in undo) return beginList(moment, operation);
  if ('release' in undo) return letGo(moment, operation, undo);
  return sayCall(moment, operation, undo);
}

function sayCall(moment: Moment, operation: Operation, { data }: CallUndo): Moment {
  if (operation.undo !== undefined && operation.undo.sends > 0) return sendAnew(moment, operation, 'undo');
  if (data === undefined) return begin(moment, operation, 'undo');
  const self = selfOf(moment, operation);
  const says = evaluate(moment, placeOf(moment, operation), data, { self });
  if (says.ok) return begin(moment, operation, 'undo', says.value);
  const noted = noteForbidden(moment, blockOfOperation(moment, operation), says);
  return gaveUp(noted, operation, unbegun(moment), `its data cannot be made: ${says.message}`);
}

/** A lock is free at once; another saga says when it has undone what it did. */
function letGo(moment: Moment, operation: Operation, { release }: ReleaseUndo): Moment {
  return release === 'saga'
    ? askToUndo(moment, operation)
    : undone(told(moment, operation), operation, 'succeeded');
}

/** Asks the saga that was asked for to undo what it did. */
export function askToUndo(moment: Moment, operation: Operation): Moment {
  const undo = { ...unbegun(moment), state: 'running', sends: 1, round: operation.round } as const;
  return put(told(moment, operation), { ...operation, undo });
}

/** The saga that was asked to undo what it did says that it cannot. */
export function refusedToUndo(moment: Moment, operation: Operation, message: string): Moment {
  return gaveUp(moment, operation, { ...operation.undo!, state: 'doubtful' }, message);
}

function told(moment: Moment, operation: Operation): Moment {
  const place = placeOf(moment, operation) as Place<LockAsk | SagaAsk>;
  return withdraw(moment, place, operation, { reason: 'undo', undone: undoneUnder(moment, operation) });
}

/** The operation is undone: by its participant, in a person's word, or because that is not needed. */
export function undone(
  moment: Moment,
  operation: Operation,
  outcome: 'succeeded' | 'skipped',
  reason?: string,
): Moment {
  const said = operation.undo ?? { ...unbegun(moment), attempt: 0, round: operation.round };
  const over: Operation = { ...operation, standing: 'undone', undo: { ...said, state: 'over' } };
  const quiet = (['undo', 'unless'] as Way[]).reduce(
    (before, way) => disarm(before, { operation: nameOf(before, operation, way) }),
    moment,
  );
  const told = emit(quiet, {
    ...settledEffect(moment, over, 'undo', outcome),
    ...(reason !== undefined && { reason }),
  });
  return closeIncident(put(told, over), nameOf(moment, operation, 'do'));
}

/** Stays in the plan until a person decides; the rest of the plan waits for it, or goes on beside it. */
export function stuck(moment: Moment, operation: Operation, message: string): Moment {
  const block = blockOfOperation(moment, operation);
  return openIncident(moment, nameOf(moment, operation, 'do'), { block, code: 'UNDO_FAILED', message });
}

function unasked(moment: Moment, operation: Operation, message: string): Moment {
  const asked: Operation = {
    ...operation,
    unless: { ...(operation.unless ?? unbegun(moment)), state: 'over' },
  };
  return stuck(put(moment, asked), asked, message);
}

function unheard(moment: Moment, operation: Operation, message: string): Moment {
  return gaveUp(moment, operation, afterwards(operation.undo!, 'silent'), message);
}

function gaveUp(
  moment: Moment,
  operation: Operation,
  exchange: Exchange | UndoExchange,
  message: string,
): Moment {
  const quiet = disarm(moment, { operation: nameOf(moment, operation, 'undo') });
  const held = setExchange(put(quiet, operation), operation, 'undo', exchange);
  return stuck(held, current(held, operation), message);
}

function unbegun(moment: Moment): Exchange {
  return { state: 'ready', attempt: 1, sends: 0, startedAt: moment.now };
}
