import type { Command, Instant, Json, Usage } from '#libs/messaging';
import type { OperationState } from './operation-memory.js';

/** What the memory knows of the operation that a compensation undoes or a question is about. */
export interface RememberedEffect {
  readonly state: OperationState;
  /** What the operation answered when it succeeded; `null` when it has not. */
  readonly output: Json;
}

/** What a handler is told beside the data of its command. */
export interface CommandContext<Transaction> {
  readonly command: Command;
  /** Idempotency key of the effect. The same for every attempt; what `Participant.complete` takes. */
  readonly operation: string;
  /** What the memory commits together with its own row. Effects made through it happen exactly once within the memory. */
  readonly transaction: Transaction;
  /** After this instant the work must not be started. It was not reached when the handler was called. */
  readonly deadline?: Instant;
  /** Aborted when the participant stops and its time to drain is over. */
  readonly signal: AbortSignal;
  /** On a compensation: the operation to undo. */
  readonly compensates?: string;
  /** On a compensation or a question: what is remembered of that operation. Absent when it never came. */
  readonly remembered?: RememberedEffect;
  /**
   * Says what carrying it out uses up, such as `{ tokens: 1840 }`; more of the same name adds up. It goes with whatever is
   * answered, a failure too. At most 8 names in kebab-case, numbers of 0 or more: others count as not understood.
   */
  readonly used: (amounts: Usage) => void;
}
