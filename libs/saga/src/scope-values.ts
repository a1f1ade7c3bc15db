import type { Instant, Json } from './json.js';

/** What a block left behind, visible to later expressions as `steps.<block>`. */
export interface BlockResult {
  readonly output: Json;
  /** succeeded, rejected, failed, unknown, skipped, … */
  readonly outcome: string;
  readonly attempts: number;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  /** Of a decision: which version of which table said so, by which rules. */
  readonly decision?: { readonly table: string; readonly version: number; readonly rules: readonly string[] };
  /** Of a join: the share of its legs that succeeded, 0…1. */
  readonly completeness?: number;
  /** Of a join: names of branches, or keys of items, that did not succeed. */
  readonly missing?: readonly string[];
  /** Where several things were waited for: the name of the case that came. */
  readonly case?: string;
}

/** What went wrong, visible as `failure` in handlers, compensations and outcomes. */
export interface Failure {
  /** Name of the error: a business error of a contract or one of the reserved engine errors. */
  readonly error: string;
  /** Name of the block that raised it. */
  readonly step: string;
  readonly message: string;
  readonly data: Json;
  readonly at: Instant;
  /** What led to it, the nearest first: what was being handled, what legs of a join or another saga ended in. Absent: nothing. */
  readonly causes?: readonly Cause[];
  /** The answer does not have the declared form, which is nobody's decision: a person looks at it unless it is caught. */
  readonly isDrift?: boolean;
}

/** A failure that led to another one. */
export interface Cause extends Pick<Failure, 'error' | 'step' | 'message' | 'at'> {
  /** The leg of a join that ended in it. */
  readonly leg?: string;
}

/** What is known of a fact. */
export interface KnownValue {
  readonly value: Json;
  /** When it was true. */
  readonly asOf: Instant;
  /** How far its source may lie behind what is true. */
  readonly lagMs: number;
  /** Who said so, if it was said by an event. */
  readonly source?: string;
  /** The saga that has read it, if one has. */
  readonly readBy?: string;
}

/** Everything an expression can mention. Parts that do not exist at a place are absent. */
export interface Values {
  readonly input: Json;
  readonly steps: Readonly<Record<string, BlockResult>>;
  readonly saga: SagaFacts;
  readonly toggles: Readonly<Record<string, boolean>>;
  readonly now: Instant;
  readonly failure?: Failure;
  /** In `compensate`, `verify`, `unless`: the exchange in question. */
  readonly self?: { readonly sent: Json; readonly output?: Json; readonly outcome: string };
  /** In an `unless` condition: the answer. */
  readonly output?: Json;
  /** Loop variables and fragment parameters by name. */
  readonly locals?: Readonly<Record<string, Json>>;
  /** At a trigger: the event's data and attributes. */
  readonly data?: Json;
  readonly event?: Json;
  /** The saga that the one that runs was linked to when it started. */
  readonly linked?: Json;
  /** At a trigger: what it requires, by its own names. In blocks the results of asking for it are among `steps`. */
  readonly facts?: Readonly<Record<string, KnownValue>>;
  /** Hears which facts are read, by the names of the results that hold them. */
  readonly heed?: (fact: string) => void;
}

/** The facts of the instance itself, visible as `saga`. */
export interface SagaFacts {
  readonly id: string;
  readonly key: string;
  readonly definition: string;
  readonly version: number;
  readonly startedAt: Instant;
  readonly hops: number;
  /** As of when tables and fragments without a version are meant; not visible to expressions. */
  readonly edition?: Instant;
  /** The saga that waits for this one, and the name it waits under; not visible to expressions. */
  readonly parent?: { readonly saga: string; readonly id: string };
  /** The definitions that ran each other to this one, outermost first; not visible to expressions. Absent: no saga ran it. */
  readonly runBy?: readonly string[];
  /** The desk that waits for what this one finds out, and the name it waits under; not visible to expressions. */
  readonly informs?: { readonly desk: string; readonly key: string; readonly id: string };
  /** Name given by `end`, once there is one. */
  readonly result?: string;
}

/**
 * A compiled expression. Pure.
 *
 * @throws ExpressionError when it cannot be evaluated over these values; the engine raises `invalid` then.
 */
export type Expression<T extends Json = Json> = (values: Values) => T;
