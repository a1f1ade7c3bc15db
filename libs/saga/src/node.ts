import type { Decided, Inputs } from './decision/decision-table.js';
import type { Instant, Json } from './json.js';
import type { Received } from './received.js';
import type { Expression, Values } from './scope-values.js';
import type { EventAsk, LettingGo, LockAsk, SagaAsk, Subscription, WaitAsk } from './wait-node.js';

/** One of the nine kinds of node that the compiler makes of blocks; all the engine knows. */
export type Node =
  | SeqNode
  | ParNode
  | PickNode
  | LoopNode
  | ScopeNode
  | AskNode
  | CalcNode
  | TellNode
  | RaiseNode;

interface NodeIdentity {
  /** Unique in the program and stable over recompilation of the same text: names, never positions of the document's siblings only. */
  readonly id: string;
  /** The block this node makes visible as `steps.<block>` when it is done, if any. */
  readonly block?: string;
}

/** Children one after the other. */
export interface SeqNode extends NodeIdentity {
  readonly kind: 'seq';
  readonly children: readonly Node[];
}

/** Legs beside each other: fixed ones, or one for each item of a list. */
export interface ParNode extends NodeIdentity {
  readonly kind: 'par';
  /** Empty where there are items. */
  readonly legs: readonly { readonly name: string; readonly child: Node }[];
  readonly items?: ItemLegs;
  /** How many legs have to succeed. */
  readonly join: 'all' | 'any' | number;
  /** With `all`: how many legs may be missing all the same. Absent: none. */
  readonly tolerate?: number | { readonly share: number };
  /** Decide as soon as too many legs are missing, and stop the others; otherwise every leg settles first. */
  readonly failFast?: boolean;
  /** What becomes of legs that do not count: stopped and undone (`stop`), or finished and kept. Absent: `stop`. */
  readonly rest?: 'stop' | 'finish';
}

/** One leg for each item. What it makes is visible inside of it only. */
export interface ItemLegs {
  readonly over: Expression;
  /** What expressions inside call the item; its position is `index`. */
  readonly as: string;
  /** Names the leg in operations and in `missing`; sees the item. Absent: its position. */
  readonly key?: Expression;
  /** How many legs may be open at a time. */
  readonly concurrency?: number;
  /** Its output is the leg's. */
  readonly child: ScopeNode;
}

/** The first case whose guard holds, else `otherwise`, else the outcome is `skipped`. */
export interface PickNode extends NodeIdentity {
  readonly kind: 'pick';
  readonly cases: readonly {
    readonly name: string;
    readonly if: Expression<boolean>;
    readonly child: Node;
  }[];
  readonly otherwise?: Node;
}

/** The child until the condition holds, at most `max` times; then the error `failed`. */
export interface LoopNode extends NodeIdentity {
  readonly kind: 'loop';
  readonly child: Node;
  /** Sees what the child has made this time. */
  readonly until: Expression<boolean>;
  readonly max: number;
  /** The loop's output, made of what the child has made the last time. */
  readonly output?: Expression;
}

/** Boundary of errors, of time, of names and of undo. */
export interface ScopeNode extends NodeIdentity {
  readonly kind: 'scope';
  readonly child: Node;
  /** By error name. Looked up by exact name, then (business errors only) under `rejected`. */
  readonly handlers: Readonly<Record<string, Handler>>;
  /** Raises `timed-out` inside after this long. */
  readonly timeoutMs?: number;
  /** The scope's output; absent: null. */
  readonly output?: Expression;
  /** Undoes everything inside at once, once the body is done. */
  readonly undo?: Undo;
  /** What is listened for as long as the scope is open. */
  readonly listeners?: readonly Listener[];
  /** Raises `switched-off` at once where this toggle is off, or when it is switched off. */
  readonly toggle?: string;
}

/** Something that may happen while a scope is open. */
export interface Listener {
  readonly ask: EventAsk;
  /** The error that the event raises at the scope, as long as the pivot has not taken effect. */
  readonly raise?: string;
  /** Runs beside, once for each event; where there is something to raise: for each event that comes too late. */
  readonly child?: Node;
}

/** A node that can have an entry in the undo log. */
export type LoggedNode = CommandAsk | ScopeNode | LockAsk | SagaAsk;

/** What a scope does about one error. */
export interface Handler {
  /** `<block>.<error>`: how the path is named in history, metrics and coverage. */
  readonly path: string;
  readonly child?: Node;
  /** Stands in for the scope's output when it goes on. */
  readonly output?: Expression;
  readonly then: 'continue' | 'retry' | 'compensate' | 'incident';
  /** Back to the scope's start first: what was done inside is undone before the handler's child runs. */
  readonly undo: boolean;
  /** How often this handler may run `then: retry`; after that the error is raised outwards. */
  readonly times: number;
}

/** The durable exchange: opens something under a stable id and waits until it settles. */
export type AskNode = CommandAsk | TimeAsk | WaitAsk;

/** Asks a participant to do something, or (with `verify` direction) whether it was done. */
export interface CommandAsk extends NodeIdentity {
  readonly kind: 'ask';
  readonly channel: 'command';
  readonly block: string;
  /** `inventory.reserve`. */
  readonly call: string;
  readonly data: Expression;
  /** Holds an answer against the contract; absent where the contract says nothing about answers. */
  readonly receive?: ((data: Json) => Received) | undefined;
  /** Has the command an effect? False: nothing to undo, verify or fence. */
  readonly effect: boolean;
  /** From here only forward. */
  readonly pivot: boolean;
  readonly retry: RetryPolicy;
  readonly timeout: SilencePolicy;
  readonly verify?: Question;
  /** The event without which an answer does not count as done. */
  readonly confirm?: Confirmation;
  /** The event that stands in for the replies of a participant that sends none. */
  readonly answeredBy?: EventAnswer;
  /** An answer that was true longer ago says nothing. */
  readonly fresh?: Freshness;
  /** It cannot be taken back: what is required is asked again right before each sending. */
  readonly recheck?: Recheck;
  readonly ifUnknown: 'verify' | 'retry' | 'wait' | 'undo' | 'incident';
  /** Its participant cannot refuse what it is sent late: for so long after the last sending it may still be carried out. */
  readonly drainMs?: number;
  /** That matters only where nobody knows whether it was carried out: what undoes it belongs to another participant. */
  readonly drainsOnlyInDoubt?: true;
  /** How it is undone; absent where nothing is to be undone (no effect, pivot, retriable, `none`). */
  readonly undo?: Undo;
}

/** Waits for time to pass. */
export interface TimeAsk extends NodeIdentity {
  readonly kind: 'ask';
  readonly channel: 'time';
  readonly block: string;
  /** Milliseconds from now (`for`) or an instant in ms (`until`). */
  readonly wait: { readonly forMs: number } | { readonly until: Expression<number> };
}

/** What has to be known right before a command is sent. */
export interface Recheck {
  /** The scope that begins with asking for it. */
  readonly within: string;
  /** What was heard, by the results in `steps`; the last one is asked for last. */
  readonly facts: readonly { readonly step: string; readonly freshMs?: number }[];
}

/** What has to be heard beside an answer. */
export interface Confirmation {
  readonly event: Subscription;
  /** How long after the answer. */
  readonly withinMs: number;
}

/** An event as the answer to a command. Its expressions see `self.sent`. */
export interface EventAnswer {
  readonly event: Subscription;
  /** What the event says, as output; absent: its data. */
  readonly output?: Expression;
}

/** How old an answer may be. */
export interface Freshness {
  readonly withinMs: number;
  /** When the answer was true, over `data`, in milliseconds. */
  readonly asOf: Expression<number>;
}

/** A query about an operation whose outcome is not known. */
export interface Question {
  readonly call: string;
  /** Absent: what was sent, unchanged. */
  readonly data?: Expression;
}

/** How something that took effect is undone: by a command, by a list of blocks, or by letting go of it. */
export type Undo = CallUndo | ListUndo | ReleaseUndo;

/** When it is undone, and when not. */
export interface UndoTerms {
  /** Nothing is undone before this long after it was decided. */
  readonly coolDownMs?: number;
  /** Asked right before: it may not be needed any more. */
  readonly unless?: Unless;
}

/** Undone by one command. */
export interface CallUndo extends UndoTerms, Query {}

/** Undone by blocks of its own. They see `self`; an error that leaves them waits for a person. */
export interface ListUndo extends UndoTerms {
  readonly child: Node;
}

/** Undone by letting go of what was asked for. */
export interface ReleaseUndo extends UndoTerms, LettingGo {}

/** What makes an undo needless. */
export interface Unless {
  /** Asked first, if anything has to be asked. */
  readonly query?: Query;
  /** Sees `self`, and the answer as `output`. Holds it, nothing is undone. */
  readonly if: Expression<boolean>;
  /** What people read then. */
  readonly because: string;
}

/** A query with its own patience. */
export interface Query extends Question {
  readonly retry: RetryPolicy;
  readonly timeout: SilencePolicy;
}

/** How often and when to send again. `attempts` includes the first one. */
export interface RetryPolicy {
  readonly attempts: number | 'forever';
  readonly delayMs: number;
  readonly factor: number;
  readonly maxDelayMs: number;
  /** 0…1: a delay is shortened by up to this share, derived from operation and attempt, never drawn. */
  readonly jitter: number;
}

/** How long silence is borne: after each sending, and after an `accepted`. */
export interface SilencePolicy extends Silence {
  /** Chosen before each sending; what stands beside it counts as long as nothing was chosen. Absent: always that. */
  readonly chosen?: ChosenSilence;
}

interface Silence {
  readonly afterMs: number;
  readonly acceptedMs: number;
}

/** How long silence is borne, case by case. */
export interface ChosenSilence {
  /** What the policy is called. */
  readonly policy: string;
  readonly kind: StepKind;
  /** The first one that holds counts. The last one always holds. */
  readonly cases: readonly SilenceCase[];
}

/** One case of a time-out policy. */
export interface SilenceCase extends Silence {
  /** Sees `now`, `saga` and, as locals, `step` and `before`. Absent: it always holds. */
  readonly holds?: Expression<boolean>;
  /** What people read then. */
  readonly because: string;
}

/** What kind of thing is asked of a participant. `kept`: nothing undoes it, in somebody's word. */
export type StepKind = 'compensable' | 'pivot' | 'retriable' | 'kept' | 'read-only' | 'question' | 'undo';

/** A pure value. */
export interface CalcNode extends NodeIdentity {
  readonly kind: 'calc';
  readonly block: string;
  readonly value: Expression;
  /** A table that is asked instead; what it said is kept in the history. */
  readonly decide?: {
    readonly table: string;
    readonly version: number;
    /** @throws ExpressionError when the table has no answer. */
    readonly ask: (values: Values) => Decided & { readonly inputs: Json };
    /** Asks once more with what was asked then. @throws ExpressionError likewise. */
    readonly askAgain: (inputs: Inputs, now: Instant) => Decided;
  };
}

/** A one-way message; nothing to wait for. */
export interface TellNode extends NodeIdentity {
  readonly kind: 'tell';
  readonly block: string;
  readonly event: string;
  readonly data: Expression;
}

/** A signal outwards. */
export interface RaiseNode extends NodeIdentity {
  readonly kind: 'raise';
  readonly block: string;
  readonly signal:
    | { readonly kind: 'error'; readonly error: string; readonly message?: Expression<string> }
    /** Finish early as completed, with this result name. */
    | { readonly kind: 'end'; readonly result: string }
    /** Undo the whole saga. */
    | { readonly kind: 'undo-all' };
}
