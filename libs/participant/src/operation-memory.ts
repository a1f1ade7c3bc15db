import type { Command, EncryptedPart, Instant, TraceHeaders } from '#libs/messaging';
import type { ParkedCommand } from './parked-command.js';
import type { StoredAnswer } from './stored-answer.js';

/**
 * Where an operation stands.
 *
 * `running`: being carried out, or accepted and not answered yet. `failed`: had no effect. `fenced`: had no effect, and
 * attempts up to the remembered one must not have any. `done`, `rejected`: settled for ever. `undone`: taken back, or
 * undone before it came; never carried out again. Only `failed` and `fenced` are opened again, by a higher attempt.
 */
export type OperationState = 'running' | 'failed' | 'fenced' | 'done' | 'rejected' | 'undone';

/** What is remembered of an operation. */
export interface Remembered {
  readonly operation: string;
  /** The highest attempt it is about. 0 on the mark of an operation that was undone before it came. */
  readonly attempt: number;
  readonly state: OperationState;
  /** The answer of that attempt; absent while it runs and on marks left without one. */
  readonly answer?: StoredAnswer;
  /** On `undone`: by a compensation that was accepted and has not ended; it may still give the operation back. */
  readonly isBeingUndone?: boolean;
}

/** What has to be known of a command in order to answer it later, in another process too. */
export interface CommandOrigin {
  readonly id: string;
  readonly type: string;
  readonly saga: string;
  readonly operation: string;
  readonly replyTo: string;
  readonly replyPartition: number;
  /** Which parts of the answer are to be encrypted; absent: none. */
  readonly encryptAnswer?: readonly EncryptedPart[] | undefined;
  readonly trace: TraceHeaders;
}

/** A wish to carry out one command. */
export interface Claim {
  readonly operation: string;
  readonly attempt: number;
  readonly origin: CommandOrigin;
  /** On a compensation: the operation it undoes. */
  readonly undoes?: string;
}

/** A claim that was granted: the command is to be carried out, now and here. */
export interface Granted<Transaction> {
  readonly claim: Claim;
  readonly transaction: Transaction;
  /** On a compensation: the operation to undo as it was before; absent when it never came. */
  readonly undone?: Remembered;
}

/** What became of a granted claim. `running` means accepted: it is answered later. */
export interface Settlement {
  readonly state: 'running' | 'failed' | 'fenced' | 'done' | 'rejected';
  readonly answer: StoredAnswer;
}

/** What a memory calls while it holds its claims. */
export interface Work<Transaction> {
  /** Carries out one granted claim. What it throws is given to `failed`. */
  carryOut(granted: Granted<Transaction>): Promise<Settlement>;
  /** How a claim whose work threw is settled. */
  failed(claim: Claim, thrown: unknown): Settlement;
}

/** The fate of one claim. */
export interface ClaimOutcome {
  /** What is remembered now. */
  readonly remembered: Remembered;
  /** False: it was answered from memory, nothing was carried out. */
  readonly fresh: boolean;
}

/** Was this operation done? Asked by the verification whose message id is `by`. */
export interface Question {
  readonly operation: string;
  readonly by: string;
  /** True: the operation may be older than the memory, so that finding nothing proves nothing. */
  readonly mayBeForgotten: boolean;
}

/** What became of an attempt to answer an accepted command. */
export type Completion =
  | { readonly kind: 'completed'; readonly origin: CommandOrigin; readonly answer: StoredAnswer }
  /** It is not accepted any more (undone, or answered before), or was never; nothing was changed. */
  | { readonly kind: 'not-open'; readonly remembered?: Remembered };

/**
 * What a participant remembers of the operations it was asked for. This is where "once" comes from.
 *
 * Guarantees: a claim is granted when nothing is remembered of its operation, or when the operation is `failed` or
 * `fenced` at a lower attempt, and never otherwise; of two claims of one operation at the same time the second waits
 * for the first; a compensation and the operation it undoes write the same entry, so that neither can miss the other;
 * once a compensation is settled as done or running the operation it undoes is `undone`, whether it ever came or not,
 * and stays so; the settlement is stored with the effects made through `Granted.transaction`, or neither is; of work
 * that threw nothing stays but its settlement. What is remembered survives a restart (a memory that cannot promise
 * this says so in its name) for at least {@link durationMs} after its last change.
 */
export abstract class OperationMemory<Transaction> {
  /** How long an operation is remembered at least, in milliseconds. */
  abstract readonly durationMs: number;

  /** Makes sure that the memory can be used. @throws when its storage is not what this version needs. */
  abstract start(): Promise<void>;

  /** Ends what the memory does by itself. Safe twice and before `start`. */
  abstract stop(): Promise<void>;

  /**
   * Claims, calls `work` for each claim that is granted, and stores the settlements. Outcomes are in the order of the
   * claims; no operation stands twice in `claims`, neither as itself nor as what is undone.
   *
   * Claims may share one transaction. Then work of one command may be called again after another one threw.
   *
   * @throws when the memory cannot be reached: nothing is known of what was stored, and the claims may be made again.
   */
  abstract carryOut(claims: readonly Claim[], work: Work<Transaction>): Promise<readonly ClaimOutcome[]>;

  /**
   * Says what is remembered of each operation, in order, and sees to it that "not done" stays true: an operation that
   * never came is fenced at attempt 1, one that is `failed` or `fenced` is fenced at one attempt more, since that one
   * may be on its way. A repeat of the question that left the fence does not move it. `undefined`: nothing is
   * remembered and the question says that this proves nothing; then nothing is fenced either. No operation stands twice
   * in `questions`.
   */
  abstract ask(questions: readonly Question[]): Promise<readonly (Remembered | undefined)[]>;

  /**
   * Settles an accepted operation with what `decide` returns, in one transaction with the effects it makes. When it
   * throws nothing is changed. A compensation that ends in `failed` or `rejected` gives the operation it was to undo
   * back to the state it had.
   */
  abstract complete(
    operation: string,
    decide: (transaction: Transaction) => Promise<Settlement>,
  ): Promise<Completion>;

  /**
   * Whether whoever sends a command under these locks, with these tokens by resource, still holds them: no higher token of
   * any of them has been seen. What has been seen is stored with the effects made through the same transaction.
   */
  abstract holds(transaction: Transaction, locks: Readonly<Record<string, number>>): Promise<boolean>;

  /** Runs `read` in a transaction that touches no operation. */
  abstract within<Result>(read: (transaction: Transaction) => Promise<Result>): Promise<Result>;

  /** Keeps a record that cannot be answered. The same record again changes nothing. */
  abstract park(command: ParkedCommand): Promise<void>;

  /** Forgets what was last changed before `before`, except what is `running`. Returns how many operations. */
  abstract forget(before: Instant): Promise<number>;
}

/** The parts of a command that a later answer needs. */
export function originOf(command: Command): CommandOrigin {
  const { id, type, saga, operation, replyTo, replyPartition, trace, encryptAnswer } = command;
  const origin = { id, type, saga, operation, replyTo, replyPartition, trace };
  return encryptAnswer === undefined ? origin : { ...origin, encryptAnswer };
}
