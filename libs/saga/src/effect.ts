import type { BrokenRule, Proposer } from './broken-rule.js';
import type { commandOutcomes, endStatuses, waitOutcomes } from './ends.js';
import type { Instant, Json } from './json.js';
import type { Direction, OperationName } from './operation-name.js';
import type { Change } from './received.js';
import type { Failure, KnownValue } from './scope-values.js';
import type { Verdict } from './verdict.js';
import type { WaitChannel } from './wait-node.js';

/** Final and unfinal conditions of an instance. An incident is a flag beside them. */
export type SagaStatus = 'running' | 'compensating' | (typeof endStatuses)[number];

/** What the world has to do after an input was folded. In order. */
export type Effect =
  | OpenEffect
  | AwaitEffect
  | ReleaseEffect
  | TellEffect
  | SettledEffect
  | WaitedEffect
  | CaughtEffect
  | IncidentEffect
  | FinishEffect
  | NotedEffect
  | RefusedEffect;

/** Send a command. The same operation and attempt again means: repeat the same message. */
export interface OpenEffect {
  readonly kind: 'open';
  readonly operation: OperationName;
  readonly attempt: number;
  readonly block: string;
  readonly direction: Exclude<Direction, 'wait'>;
  readonly call: string;
  readonly data: Json;
  /** The locks it is sent under; absent when there are none. */
  readonly locks?: readonly HeldLock[] | undefined;
  /** After this instant it must not be started. */
  readonly deadline?: Instant | undefined;
  readonly compensates?: OperationName | undefined;
  readonly verifies?: OperationName | undefined;
  /** This operation and attempt was sent before: the message is the same, only later. */
  readonly isRepeat?: true | undefined;
}

/** A lock that is held, with the token by which a participant tells its holder from former ones. */
export interface HeldLock {
  readonly resource: string;
  /** Higher than that of every former holder. */
  readonly token: number;
  /** What the former holder had asked for under it and has undone, because it was taken over; absent: nothing. */
  readonly supersedes?: readonly string[];
}

/**
 * Ask for something outside the participants: an event to come, a person, another saga, a lock, a fact. The same id
 * again means: the same question. It is answered by `heard` inputs with this id.
 */
export interface AwaitEffect {
  readonly kind: 'await';
  readonly id: OperationName;
  readonly channel: WaitChannel;
  readonly block: string;
  /** Every value in it is evaluated. */
  readonly request: Json;
}

/** Nobody waits for it any more: withdrawn, closed, unlocked. Repeating it is harmless. */
export interface ReleaseEffect {
  readonly kind: 'release';
  readonly id: OperationName;
  readonly channel: WaitChannel;
  readonly block: string;
  readonly reason?: string;
  /** On a lock that is given back: what was asked for under it and is undone; absent: nothing. */
  readonly undone?: readonly OperationName[];
}

/** Publish a domain event. `id` is unique within the saga and stable. */
export interface TellEffect {
  readonly kind: 'tell';
  readonly id: string;
  readonly block: string;
  readonly event: string;
  readonly data: Json;
}

/** An exchange is over: for history, traces and metrics. */
export interface SettledEffect {
  readonly kind: 'settled';
  readonly operation: OperationName;
  readonly block: string;
  readonly direction: Exclude<Direction, 'wait'>;
  /** The command; of an undo that is no single command, the block. */
  readonly call: string;
  readonly outcome: (typeof commandOutcomes)[number];
  readonly error?: string | undefined;
  readonly attempts: number;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly compensates?: OperationName | undefined;
  /** Why it was skipped. */
  readonly reason?: string;
}

/** A wait is over, one for time included: for history, traces and metrics. Standing listeners do not tell of theirs. */
export interface WaitedEffect {
  readonly kind: 'waited';
  readonly id: OperationName;
  readonly channel: WaitChannel | 'time';
  readonly block: string;
  readonly outcome: (typeof waitOutcomes)[number];
  /** Of one that failed. */
  readonly error?: string;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  /** When it would have gone on by itself; absent: never. */
  readonly until?: Instant;
}

/** An exception path is taken: for history and coverage. A business error that nobody catches is one as well. */
export interface CaughtEffect {
  readonly kind: 'caught';
  /** `<block>.<error>`: the handler, or the block whose error nobody catches. */
  readonly path: string;
  readonly error: string;
  /** Where it was raised. */
  readonly block: string;
  readonly isUncaught?: true;
}

/** Something to be kept in the history that nobody has to act on. */
export interface NotedEffect {
  readonly kind: 'noted';
  readonly block: string;
  readonly note: Note;
}

/**
 * What is kept: which rules of which table decided; what a contract wants kept of an answer; an answer whose declared
 * values were written in another way; one that has not the declared form; one that is out of bounds, or too old;
 * one that counts as soon as an event has confirmed it; of a join that went on, the legs that had failed or gave nothing
 * where others gave something: how many of how many, and the names of the first of them; that the block was done after
 * all, so that the plan to undo everything is withdrawn, and how much it would have undone; for how long an answer is
 * waited for, by which policy and why, told when it is sent and not again as long as it stays like that; a fact that was
 * heard before, and by which it is decided now; that a command is not sent because it breaks a rule, and who proposed it.
 */
export type Note =
  | {
      readonly what: 'decided';
      readonly table: string;
      readonly version: number;
      readonly rules: readonly string[];
      readonly inputs: Json;
      readonly output: Json;
      readonly weighed?: true;
    }
  | { readonly what: 'recorded'; readonly call: string; readonly data: Readonly<Record<string, Json>> }
  | { readonly what: 'put-right'; readonly call: string; readonly changes: readonly Change[] }
  | { readonly what: 'drifted'; readonly call: string; readonly problems: readonly string[] }
  | { readonly what: 'to-be-confirmed'; readonly call: string; readonly event: string }
  | {
      readonly what: 'missing';
      readonly legs: readonly string[];
      readonly count: number;
      readonly of: number;
    }
  | { readonly what: 'plan-withdrawn'; readonly undos: number }
  | ({ readonly what: 'fact-read'; readonly fact: string } & Omit<KnownValue, 'value'>)
  | {
      readonly what: 'patience';
      readonly operation: OperationName;
      readonly call: string;
      readonly policy: string;
      readonly afterMs: number;
      readonly acceptedMs: number;
      readonly because: string;
    }
  | { readonly what: 'forbidden'; readonly broken: BrokenRule; readonly by?: Proposer }
  | { readonly what: 'denied' | 'too-old'; readonly call: string; readonly problem: string };

/** A saga cannot go on without a person, or can again. `id` names it within the saga. */
export type IncidentEffect =
  | {
      readonly kind: 'incident';
      readonly open: true;
      readonly id: string;
      readonly block: string;
      readonly code: string;
      readonly message: string;
    }
  | { readonly kind: 'incident'; readonly open: false; readonly id: string };

/** The saga has reached a final status. Nothing follows but late answers. */
export interface FinishEffect {
  readonly kind: 'finish';
  readonly status: (typeof endStatuses)[number];
  readonly result?: string;
  readonly failure?: Failure;
  /** What the saga that it is linked to has turned out to be. */
  readonly verdict?: Verdict;
}

/** An operator's action could not be applied; `message` says why and what could be done instead. */
export interface RefusedEffect {
  readonly kind: 'refused';
  readonly code: string;
  readonly message: string;
  /** The rule that does not allow it, if one does not. */
  readonly broken?: BrokenRule;
}
