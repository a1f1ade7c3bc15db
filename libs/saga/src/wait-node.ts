import type { TaskAnswer } from './beside/task.js';
import type { Expression } from './scope-values.js';

/** Asks for something outside the participants and waits for it. A new kind of waiting is one more of these, never a node. */
export type WaitAsk = EventAsk | TaskAsk | SagaAsk | LockAsk | FactAsk;

interface WaitIdentity {
  readonly kind: 'ask';
  readonly id: string;
  readonly block: string;
}

/** Waits for an event; the first that matches decides. */
export interface EventAsk extends WaitIdentity {
  readonly channel: 'event';
  readonly subscriptions: readonly Subscription[];
  /** Events that came this long before count as well. */
  readonly earlyMs?: number;
  /** Goes on without the event: after this long, or when this many events of the key did not match. */
  readonly fallback?: { readonly afterMs?: number; readonly events?: number };
}

/** Which events are waited for. */
export interface Subscription {
  /** The name of the case that a matching event decides for; absent where there is only one. */
  readonly case?: string;
  readonly event: string;
  /** The key that the event must carry. */
  readonly key: Expression;
  /** Sees `data` and `event`. What it cannot be computed for does not match. */
  readonly match?: Expression<boolean>;
}

/** Asks a person. */
export interface TaskAsk extends WaitIdentity {
  readonly channel: 'task';
  readonly request: Expression;
  /** The answers there are. */
  readonly answers: Readonly<Record<string, TaskAnswer>>;
}

/** Runs another saga. */
export interface SagaAsk extends WaitIdentity {
  readonly channel: 'saga';
  readonly definition: string;
  readonly key: Expression;
  readonly input: Expression;
  /** Nobody waits for its end. */
  readonly detached: boolean;
  /** How many sagas may lie behind it; absent: as many as behind anything that starts. */
  readonly maxHops?: number;
  /** How it is undone with the saga around it; absent: it stays. */
  readonly undo?: LettingGo;
}

/** Asks for a lock. */
export interface LockAsk extends WaitIdentity {
  readonly channel: 'lock';
  readonly resource: Expression;
  readonly leaseMs: number;
  readonly conflict: 'wait' | 'refuse' | 'takeOver';
  /** Whoever wants it meanwhile is told where its holder stands, by the `status` of its blocks. */
  readonly tellsStatus?: true;
  /** Given back when undo passes it; absent: at the end of the saga only. */
  readonly undo?: LettingGo;
}

/** Undone by letting go of it: a lock is given back at once, another saga says when it has undone what it did. */
export interface LettingGo {
  readonly release: 'lock' | 'saga';
}

/** Asks for the last known value of a fact. */
export interface FactAsk extends WaitIdentity {
  readonly channel: 'fact';
  readonly fact: string;
  readonly key: Expression;
  readonly freshMs?: number;
  readonly waitMs?: number;
  readonly readBy?: FactReader;
}

/** What reads a fact at its source when it is not known, or too old. */
export interface FactReader {
  readonly definition: string;
  /** How far what it says may lie behind what is true. */
  readonly lagMs: number;
}

/** What is waited for outside the participants. */
export type WaitChannel = WaitAsk['channel'];
