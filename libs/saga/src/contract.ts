import type { Json } from './json.js';
import type { Expression } from './scope-values.js';

/** What a participant says of itself, as far as something beside the compiler needs it. */
export interface ParticipantContract {
  readonly name: string;
  readonly owner?: string;
  /** An agent decides by itself, within bounds. */
  readonly isAgent: boolean;
  /** False: it does not remember what it was asked, so a repeated command may take effect twice. */
  readonly isFencing: boolean;
  readonly http?: HttpServer;
  readonly limits?: Limits;
  /** The classes of fields it may see; absent: all. */
  readonly clearance?: readonly string[];
  readonly events: Readonly<Record<string, EventContract>>;
  readonly facts: Readonly<Record<string, FactContract>>;
}

/** Where a participant is that is called over HTTP. */
export interface HttpServer {
  readonly base: string;
  /** Name of the secret that is sent as bearer token. */
  readonly secret?: string;
  readonly idempotencyHeader?: string;
}

/** How much a participant, or one of its commands, can take. */
export interface Limits {
  readonly rate?: { readonly count: number; readonly perMs: number };
  readonly concurrency?: number;
  readonly queue?: number;
  readonly breaker?: {
    /** 0…1. */
    readonly failures: number;
    readonly of: number;
    readonly probeMs: number;
  };
}

/** An event that a participant publishes. */
export interface EventContract {
  /** What it is about, over `data` and `event`. */
  readonly key?: Expression;
}

/** What is known from events, by key. */
export interface FactContract {
  readonly from: string;
  /** Over `data` and `event`, as the others. */
  readonly key: Expression;
  /** Absent: the event's data. */
  readonly value?: Expression;
  /** When it was true, in milliseconds; absent: the event's time. */
  readonly asOf?: Expression<number>;
  readonly lagMs: number;
  /** The definition that reads it at its source; absent: nobody does. */
  readonly readBy?: string;
  /** The only source of events that counts; absent: all do. */
  readonly source?: string;
}

/** How a command is called over HTTP. */
export interface HttpCall {
  readonly method: string;
  readonly path: string;
  /** What a status means: `succeeded`, `accepted`, `failed`, or a business error. */
  readonly statuses: Readonly<Record<string, string>>;
}

/** The event that answers a command of a participant that sends no replies. */
export interface AnsweringEvent {
  readonly event: string;
  /** Over `self.sent`; absent: the key of the saga. */
  readonly key?: Expression;
  /** Over `data`, `event` and `self.sent`. */
  readonly match?: Expression<boolean>;
  /** Over the same; absent: the event's data. */
  readonly output?: Expression;
}

/** The values that a part of an answer may have. */
export interface Allowed {
  /** Over `data`. */
  readonly of: Expression;
  /** As it is written. */
  readonly text: string;
  readonly values: readonly Json[];
}
