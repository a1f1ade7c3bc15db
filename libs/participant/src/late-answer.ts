import { usageText, type Usage } from '#libs/messaging';
import { settled } from './kit-answers.js';
import { Accepted, type HandlerAnswer } from './handler-answer.js';
import type { OperationState, Settlement } from './operation-memory.js';
import { answerOf, failureOf, type StoredAnswer } from './stored-answer.js';
import { PermanentError } from './permanent-error.js';
import { TransientError } from './transient-error.js';

/** The answer to an accepted command, or the work that finds it inside the transaction that stores it. */
export type LateAnswer<Transaction> =
  | HandlerAnswer
  | TransientError
  | PermanentError
  | ((transaction: Transaction) => LateResult | Promise<LateResult>);

/** What the work of a {@link LateAnswer} returns. */
export type LateResult = HandlerAnswer | TransientError | PermanentError;

/** What became of a late answer. `state` says where the operation stands; it is absent when it is not known here. */
export type CompletionResult =
  | { readonly kind: 'completed' }
  | { readonly kind: 'not-open'; readonly state?: OperationState };

/** @internal */
export async function completionOf<Transaction>(
  answer: LateAnswer<Transaction>,
  transaction: Transaction,
  { maxBytes, used }: { readonly maxBytes: number; readonly used: Usage | undefined },
): Promise<Settlement> {
  const result = typeof answer === 'function' ? await answer(transaction) : answer;
  const told = (said: StoredAnswer): Settlement =>
    settled(used === undefined ? said : { ...said, usage: usageText(used) });
  if (result instanceof TransientError || result instanceof PermanentError) return told(failureOf(result));
  if (result instanceof Accepted) {
    throw new TypeError(
      'an accepted command cannot be completed with accepted(): give its output, rejected(), a TransientError or a PermanentError',
    );
  }
  return told(answerOf(result, maxBytes));
}
