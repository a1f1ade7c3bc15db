import type { Effect, SagaStatus } from './effect.js';
import type { Instant, Json } from './json.js';
import type { OperationName } from './operation-name.js';
import type { BlockResult, Failure, SagaFacts } from './scope-values.js';

/**
 * The stored state of an instance: plain JSON, opaque outside the engine but for the fields named here.
 * Stable fields stand first and changing ones last, so that a database logs only the changed middle.
 */
export interface SagaState {
  readonly facts: SagaFacts;
  readonly input: Json;
  readonly toggles: Readonly<Record<string, boolean>>;
  /** The saga that it was linked to, as that stood when it started; absent where there is none. */
  readonly linked?: Json | undefined;
  readonly status: SagaStatus;
  /** Time of the last input folded. */
  readonly at: Instant;
  readonly steps: Readonly<Record<string, BlockResult>>;
  /**
   * Armed timers; `at` in ms. Matched by `no`, a counter, never by position. `operation` stands where an answer, or the
   * next message, of that operation is waited for.
   */
  readonly timers: readonly {
    readonly no: number;
    readonly at: Instant;
    readonly operation?: OperationName;
  }[];
  /** Open incidents by id. */
  readonly incidents: Readonly<
    Record<
      string,
      { readonly block: string; readonly code: string; readonly message: string; readonly since: Instant }
    >
  >;
  readonly failure?: Failure | undefined;
}

/** What one input makes of a saga. `state` is the same object when nothing changed. */
export interface Turn<S extends SagaState = SagaState> {
  readonly state: S;
  readonly effects: readonly Effect[];
}

/** When the saga wants to be woken next, or `undefined` when it waits for no time. */
export function nextDue(state: SagaState): Instant | undefined {
  let earliest: Instant | undefined;
  for (const timer of state.timers) {
    if (earliest === undefined || timer.at < earliest) earliest = timer.at;
  }
  return earliest;
}
