import type { HeldLock } from '../effect.js';
import type { Instant, Json } from '../json.js';
import type { HeardInput } from '../input.js';
import type { OperationName } from '../operation-name.js';
import type { BlockResult, Failure } from '../scope-values.js';
import type { SagaState } from '../turn.js';

/**
 * What the engine remembers of a saga.
 *
 * Control flow is static, so a position needs no tree of frames: a saga stands where an operation is `asked`, where
 * a sleep frame lies, and where an error is `raised`. What comes next follows from the program.
 */
export interface EngineState extends SagaState {
  /** Every operation ever sent, in the order of first sending: the undo log. */
  readonly operations: readonly Operation[];
  /** What nodes remember while they are open, by place. */
  readonly frames: Readonly<Record<string, Frame>>;
  /** Signals that wait where they were raised: for their join, for a person, or for a late success. By place. */
  readonly raised: Readonly<Record<string, Raised>>;
  /** What was made inside of loops, by the place of the body; absent where there are none. */
  readonly iterations?: Readonly<Record<string, Iteration>> | undefined;
  readonly timers: readonly Timer[];
  readonly lastTimer: number;
  /** How often each place has waited for something outside the participants, and each listener run its blocks; absent before the first time. */
  readonly rounds?: Readonly<Record<string, number>> | undefined;
  /** Set once the flow has come to its end and only undoing can be left. */
  readonly ending?: Ending | undefined;
}

/** One iteration of a loop, or one item's leg. Kept to the end: what is undone late still reads it. */
export interface Iteration {
  readonly item?: Json;
  /** Position of the item. */
  readonly index?: number;
  readonly output?: Json;
  /** Of a listener's blocks: the event they run for. */
  readonly message?: Message;
  /** As the saga's own `steps`, visible in this iteration only. */
  readonly steps?: Readonly<Record<string, BlockResult>>;
}

/** Wakes either an exchange or a frame. */
export type Timer =
  | { readonly no: number; readonly at: Instant; readonly operation: OperationName }
  | { readonly no: number; readonly at: Instant; readonly frame: string };

/**
 * One effect on the world. Its name on the wire is made of `at` and `round`.
 *
 * At any time there is at most one message in play about it: `undo` if there is one, else `unless`, else `verify`, else `do`.
 */
export interface Operation {
  /** The place that asked. */
  readonly at: string;
  readonly round: number;
  readonly standing: Standing;
  /** What was sent; absent where that is the saga's input. */
  readonly sent?: Json | undefined;
  /** The locks it was asked under: every message about it names them; absent where there were none. */
  readonly locks?: readonly HeldLock[] | undefined;
  /** What came of it; kept only where somebody has yet to read it. */
  readonly output?: Json;
  /** It is undone without anybody knowing whether it was done. */
  readonly isBlind?: boolean;
  /** Kept while it matters: until the operation is settled. */
  readonly do?: Exchange | undefined;
  readonly verify?: Exchange | undefined;
  readonly undo?: UndoExchange | undefined;
  /** How it stands with the event that has to confirm it; absent where none has to, and when it is settled. */
  readonly confirm?: Confirmed | undefined;
  /** The question whether it still has to be undone. */
  readonly unless?: Exchange | undefined;
  /** When it was decided that it is not wanted; kept where undoing it has to wait. */
  readonly unwantedAt?: Instant;
  /** When it was sent last; kept where it may be carried out long after. */
  readonly sentAt?: Instant;
  /** A lock that somebody else wants: that was raised once. */
  readonly isLost?: boolean;
  /** Of a lock that tells where its holder stands: what it was told last. */
  readonly told?: readonly string[];
  /** It was put right by hand. */
  readonly fix?: Fix;
}

/**
 * - `awaited`: the event is waited for. `missed`: it stayed out, so the answer is in doubt.
 * - `disproved`: it stayed out, and the participant says that it was not done after all.
 * - `proved`: it came.
 */
export type Confirmed = 'awaited' | 'missed' | 'disproved' | 'proved';

/** A person's word that something was put right by hand. */
export interface Fix {
  readonly by: string;
  readonly reason: string;
  readonly at: Instant;
}

/**
 * - `asked`: the flow waits for it.
 * - `done`: it took effect and the flow went on with that.
 * - `covered`: the same, and what undoes it undoes the whole group around it.
 * - `refused`: it took no effect and never will.
 * - `suspect`: the flow went on without knowing; it is verified, or undone blindly.
 * - `revoked`: it is to be undone.
 * - `undone`: undone, or kept from ever taking effect.
 * - `left`: the flow went on without knowing, and nothing can or need be done about it.
 */
export type Standing = 'asked' | 'done' | 'covered' | 'refused' | 'suspect' | 'revoked' | 'undone' | 'left';

/**
 * A conversation with a participant.
 *
 * - `sent`, `accepted`: an answer is due. `waiting`: it is overdue, and nothing but patience is left.
 * - `ready`: nothing is out. The first attempt, or the one after a definite failure, is sent when the timer fires or a
 *   person says so.
 * - `silent`: nothing was heard; the same message is sent again when the timer fires, or a verification is under way.
 * - `confirming`: it was answered as done, and the event that has to confirm it has not come yet.
 * - `succeeded`: it succeeded while a handler was at work; the flow hears of it when it comes back.
 * - `running`: no command says it, but blocks do.
 * - `doubtful`: given up without knowing. `over`: it has brought no more than that.
 */
export interface Exchange {
  readonly state:
    | 'sent'
    | 'accepted'
    | 'waiting'
    | 'ready'
    | 'silent'
    | 'confirming'
    | 'doubtful'
    | 'succeeded'
    | 'running'
    | 'over';
  readonly attempt: number;
  /** This attempt was sent more than once. */
  readonly isRepeated?: true | undefined;
  /** Messages sent since somebody last decided to try. */
  readonly sends: number;
  readonly startedAt: Instant;
  /** What is said, where that differs from what the operation itself sent. */
  readonly says?: Json | undefined;
  /** How long its silence is borne, where a policy decides that for each message; absent: as the definition says. */
  readonly patience?: Patience | undefined;
}

/** What a policy has decided about the message that was sent last. */
export interface Patience {
  readonly afterMs: number;
  readonly acceptedMs: number;
  readonly because: string;
  readonly sentAt: Instant;
  /** How long it took until it was known that this message came to nothing. */
  readonly tookMs?: number;
}

/** An undo has a round of its own: an undo that was refused is asked again as another operation. */
export interface UndoExchange extends Exchange {
  readonly round: number;
}

/** An event that came, as expressions see it. */
export type Message = Pick<HeardInput, 'data' | 'event'>;

/** What an open node remembers. */
export type Frame = ScopeFrame | ParFrame | SleepFrame | WaitFrame | SpanFrame;

export interface ScopeFrame {
  readonly kind: 'scope';
  readonly startedAt: Instant;
  readonly mode: 'running' | 'undoing' | 'handling';
  /** The error being handled: now, or as soon as the inside is undone. */
  readonly caught?: Caught | undefined;
  /** How often each handler has started the inside again. */
  readonly retries?: Readonly<Record<string, number>>;
  /** Places of blocks that run beside the body because of an event; absent when there are none. */
  readonly beside?: readonly string[] | undefined;
  /** The body is over, with this result if a handler gave it one; what runs beside is waited for. */
  readonly ended?: { readonly output?: Json; readonly outcome?: string } | undefined;
}

/** `handler` is the name it was found under, `origin` the place that raised. */
export interface Caught {
  readonly handler: string;
  readonly origin: string;
  readonly failure: Failure;
}

export interface ParFrame {
  readonly kind: 'par';
  readonly startedAt: Instant;
  /** Keys of the items, in their order; absent where the legs are fixed. */
  readonly items?: readonly string[];
  /** Legs that are to begin: for the first time, or again where something was raised. */
  readonly waiting: readonly string[];
  /** Names of the legs that are done. */
  readonly done: readonly string[];
  /** For legs that ended in a signal: the place it was raised at. */
  readonly raised: Readonly<Record<string, string>>;
}

export interface SleepFrame {
  readonly kind: 'sleep';
  readonly startedAt: Instant;
  readonly until: Instant;
}

/** Of an ask that waits for something outside the participants. */
export interface WaitFrame {
  readonly kind: 'wait';
  readonly startedAt: Instant;
  readonly round: number;
  /** What its entry in the undo log will say that was sent. */
  readonly about?: Json;
  /** Something happens at this time if nothing came. */
  readonly until?: Instant;
  /** What came while the flow stood still there; it is looked at when the flow goes on. */
  readonly kept?: readonly HeardInput[];
  /** Of a listener: what came and is to be looked at. */
  readonly arrived?: readonly Message[];
  /** How many came that did not settle it. */
  readonly seen?: number;
  /** Clocks of scopes around it that stand still until it is over, with what was left of each. */
  readonly held?: Readonly<Record<string, number>>;
}

/** Of a named node that remembers nothing but when it began. */
export interface SpanFrame {
  readonly kind: 'span';
  readonly startedAt: Instant;
}

/** A signal on its way outwards. Only errors can be caught. */
export type Raised =
  /** `isKept`: raised where the flow stood still; it goes on its way when the flow does. */
  | { readonly signal: 'error'; readonly failure: Failure; readonly isKept?: boolean }
  | { readonly signal: 'undo-all'; readonly failure: Failure }
  | { readonly signal: 'end'; readonly result: string }
  /** It stays where it is until a person decides. */
  | { readonly signal: 'incident'; readonly failure: Failure };

/** How the saga will end. */
export interface Ending {
  readonly status: 'completed' | 'compensated' | 'cancelled';
  readonly result?: string;
  /** Nothing is undone yet: a late success of what is in doubt withdraws the plan. */
  readonly isHeld?: boolean;
  /** When it was decided to undo everything. */
  readonly decidedAt?: Instant;
}
