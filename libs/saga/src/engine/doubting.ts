import type { AnswerInput } from '../input.js';
import type { Failure } from '../scope-values.js';
import type { Operation } from './engine-state.js';
import { begin, listen, setExchange, tryAgain } from './exchange.js';
import type { Moment } from './moment.js';
import { isAnswered, nodeOf, placeOf, put, quieten, selfOf, settle, undoOf } from './operations.js';
import { acceptedMs } from './patience.js';
import { failureOf, raise, stick } from './raising.js';
import { recordResult } from './recording.js';
import { stopAt } from './stopping.js';
import { revokeBlindly } from './unwinding.js';
import { evaluate } from './values.js';

/** Nobody answered, or nobody can go on with what was answered. */
export function doubt(moment: Moment, operation: Operation, why = 'no answer came in time'): Moment {
  const { ifUnknown } = nodeOf(moment, operation);
  switch (ifUnknown) {
    case 'verify':
      return inquire(moment, operation) ?? repeat(moment, operation, why);
    case 'retry':
      return repeat(moment, operation, why);
    case 'wait':
      return listen(moment, operation, 'do', 'waiting', acceptedMs(moment, operation, 'do'));
    case 'undo':
    case 'incident':
      return cannotTell(moment, operation, why);
  }
}

/** Begins to verify, or returns `undefined` where there is no question that could be asked. */
export function inquire(moment: Moment, operation: Operation): Moment | undefined {
  const { verify } = nodeOf(moment, operation);
  if (verify === undefined) return undefined;
  const doubted: Operation = {
    ...operation,
    ...(operation.do && { do: { ...operation.do, state: 'silent' } }),
  };
  const quiet = quieten(put(moment, doubted), doubted);
  if (verify.data === undefined) return begin(quiet, doubted, 'verify');
  const self = selfOf(moment, operation);
  const question = evaluate(moment, placeOf(moment, operation), verify.data, { self });
  return question.ok ? begin(quiet, doubted, 'verify', question.value) : undefined;
}

/** Asks once more, as far as its patience goes. */
export function inquireAgain(
  moment: Moment,
  operation: Operation,
  after: 'failed' | 'silent',
  retryAfterMs?: AnswerInput['retryAfterMs'],
): Moment {
  return tryAgain(moment, operation, 'verify', after, retryAfterMs) ?? unresolved(moment, operation);
}

/** It cannot be found out. Undoing is safe all the same: participants know what they have not done. */
export function unresolved(moment: Moment, operation: Operation): Moment {
  if (operation.standing !== 'suspect')
    return cannotTell(moment, operation, unconfirmedOr(moment, operation, 'it cannot be verified'));
  const isUndoable = undoOf(moment, operation) !== undefined;
  return isUndoable ? revokeBlindly(moment, operation) : settle(moment, operation, 'left', 'unknown');
}

/** What is said of an operation that was answered as done and that no event has confirmed. */
export function unconfirmedOr(moment: Moment, operation: Operation, otherwise: string): string {
  const { confirm } = nodeOf(moment, operation);
  return operation.confirm === 'missed'
    ? `it was answered as done, and ${confirm!.event.event} did not come`
    : otherwise;
}

/** Nobody can say what happened: the flow gives up waiting. A late answer may still put it right. */
export function cannotTell(moment: Moment, operation: Operation, message: string): Moment {
  const place = placeOf(moment, operation);
  const quiet = quieten(moment, operation);
  const given = setExchange(quiet, operation, 'do', { ...operation.do!, state: 'doubtful' });
  if (stopAt(moment, place) !== 'none') return given;
  const error = isAnswered(operation) ? 'unconfirmed' : 'unknown';
  const told = recordResult(given, operation, error, null);
  return askOutwards(told, operation, failureOf(moment, place, error, message));
}

function repeat(moment: Moment, operation: Operation, why: string): Moment {
  return tryAgain(moment, operation, 'do', 'silent') ?? cannotTell(moment, operation, why);
}

/** Doubt is an error that can be caught, unless the definition says at once what is to be done about it. */
function askOutwards(moment: Moment, operation: Operation, failure: Failure): Moment {
  const place = placeOf(moment, operation);
  switch (nodeOf(moment, operation).ifUnknown) {
    case 'undo':
      return raise(moment, place, { signal: 'undo-all', failure });
    case 'incident':
      return stick(moment, place, 'UNKNOWN', failure);
    case 'verify':
    case 'retry':
    case 'wait':
      return raise(moment, place, { signal: 'error', failure });
  }
}
