import type { AnswerInput, SagaInput } from '../input.js';
import type { OperationName } from '../operation-name.js';
import type { Conduct } from './conduct.js';
import { doing } from './doing.js';
import type { Exchange } from './engine-state.js';
import type { Moment } from './moment.js';
import { findOperation, type Way } from './operations.js';
import { questioning } from './questioning.js';
import { undoing } from './undoing.js';
import { verifying } from './verifying.js';

const conducts: Readonly<Record<Way, Conduct>> = {
  do: doing,
  verify: verifying,
  undo: undoing,
  unless: questioning,
};

/**
 * Folds a participant's answer.
 *
 * `succeeded` and `rejected` count whatever attempt they answer. `failed` and `accepted` count only from the attempt
 * that is out, so that a late or repeated one is harmless.
 */
export function hearAnswer(moment: Moment, answer: AnswerInput): Moment {
  const found = findOperation(moment, answer.operation);
  if (found === undefined) return moment;
  const { operation, way } = found;
  const isOut = isCurrent(operation[way], answer.attempt);
  switch (answer.outcome) {
    case 'succeeded':
      return conducts[way].succeeded(moment, operation, answer);
    case 'rejected':
      return conducts[way].rejected(moment, operation, answer);
    case 'failed':
      if (!isOut) return moment;
      // Never a reason to try again: what is too old to be remembered may have been done.
      if (answer.error === 'too-old') return conducts[way].forgotten(moment, operation);
      return conducts[way].failed(moment, operation, answer);
    case 'accepted':
      return isOut ? conducts[way].accepted(moment, operation, answer) : moment;
  }
}

/** Nothing was heard about an operation until its timer fired; or the time has come to begin to undo it. */
export function hearNothing(moment: Moment, name: OperationName): Moment {
  const found = findOperation(moment, name);
  return found?.operation[found.way] === undefined
    ? moment
    : conducts[found.way].silent(moment, found.operation);
}

/** The broker refused a message for good. */
export function hearRefusal(moment: Moment, refused: Extract<SagaInput, { kind: 'not-sent' }>): Moment {
  const found = findOperation(moment, refused.operation);
  if (found === undefined) return moment;
  const { operation, way } = found;
  if (operation[way]?.state !== 'sent' || operation[way]?.attempt !== refused.attempt) return moment;
  return conducts[way].notSent(moment, operation, refused.reason);
}

function isCurrent(exchange: Exchange | undefined, attempt: number): boolean {
  if (exchange === undefined || exchange.attempt !== attempt) return false;
  switch (exchange.state) {
    case 'sent':
    case 'accepted':
    case 'waiting':
    case 'silent':
    case 'doubtful':
      return true;
    case 'ready':
    case 'confirming':
    case 'succeeded':
    case 'running':
    case 'over':
      return false;
  }
}
