import type { Json, ReplyOutcome, RetryAfter } from '#libs/messaging';
import { Accepted, Rejected, type HandlerAnswer } from './handler-answer.js';
import { PermanentError } from './permanent-error.js';
import { TransientError } from './transient-error.js';

/** An answer as it is remembered and sent: the body is JSON text already, so it is written once and sent many times. */
export interface StoredAnswer {
  readonly outcome: ReplyOutcome;
  readonly error?: string;
  readonly retryAfterMs?: RetryAfter;
  /** What it used up, as text. */
  readonly usage?: string;
  /** The body as JSON text. */
  readonly value: string;
}

/** A handler returned what cannot be sent. */
class InvalidOutputError extends Error {
  override readonly name = 'InvalidOutputError';
  readonly error = 'invalid-output';
}

/** A definite "had no effect", with the name of the failure. */
export function failed(error: string): StoredAnswer {
  return { outcome: 'failed', error: errorName(error), value: 'null' };
}

/** A definite "no" of the kit itself. */
export function refused(error: string): StoredAnswer {
  return { outcome: 'rejected', error, value: 'null' };
}

/** Success with a body that is JSON text already. */
export function succeeded(value = 'null'): StoredAnswer {
  return { outcome: 'succeeded', value };
}

/** Not done yet. */
export const notYet: StoredAnswer = { outcome: 'accepted', value: 'null' };

/** What a handler returned, as an answer. @throws when its output is not JSON or longer than `maxBytes`. */
export function answerOf(result: HandlerAnswer, maxBytes: number): StoredAnswer {
  if (result instanceof Rejected) {
    return { outcome: 'rejected', error: errorName(result.error), value: jsonText(result.data, maxBytes) };
  }
  if (result instanceof Accepted) return { outcome: 'accepted', value: jsonText(result.data, maxBytes) };
  return { outcome: 'succeeded', value: jsonText(result ?? null, maxBytes) };
}

/** What a handler threw, as an answer: the failure is named by the error's `error`, else its class. */
export function failureOf(thrown: unknown): StoredAnswer {
  if (thrown instanceof TransientError) {
    const answer = failed(thrown.error);
    return thrown.retryAfterMs === undefined ? answer : { ...answer, retryAfterMs: thrown.retryAfterMs };
  }
  if (thrown instanceof PermanentError) return { ...failed(thrown.error), retryAfterMs: 'never' };
  if (thrown instanceof InvalidOutputError) return failed(thrown.error);
  return failed(thrown instanceof Error ? kebab(thrown.name) : 'error');
}

function jsonText(data: Json, maxBytes: number): string {
  const text = JSON.stringify(data);
  if (typeof text !== 'string')
    throw new InvalidOutputError('the handler returned something that is not JSON');
  // The coordinator parks a reply that holds NUL, so it would look like silence: better a failure that says why.
  if (/(?<!\\)(?:\\\\)*\\u0000/.test(text))
    throw new InvalidOutputError('the output contains a NUL character');
  if (text.length * 3 > maxBytes && Buffer.byteLength(text) > maxBytes) {
    throw new InvalidOutputError(`the output is longer than ${maxBytes} bytes`);
  }
  return text;
}

/** Longest name of an error. It is a name that sagas catch, not a message. */
const maxErrorLength = 200;

/** A NUL would be refused by every store and by the coordinator. */
function errorName(text: string): string {
  return text.replaceAll('\0', '').slice(0, maxErrorLength);
}

function kebab(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
}
