import type { Instant, Json } from './json.js';
import type { OperationName } from './operation-name.js';
import type { SagaFacts } from './scope-values.js';

/** What moves a saga. `now` is the time of the record that brought it; it never runs backwards within a saga. */
export type SagaInput =
  | StartInput
  | AnswerInput
  /** Time has come for whatever is due at `now`; harmless when nothing is. */
  | { readonly kind: 'due'; readonly now: Instant }
  /** The broker refused the message of this operation for good. */
  | {
      readonly kind: 'not-sent';
      readonly now: Instant;
      readonly operation: OperationName;
      readonly attempt: number;
      readonly reason: string;
    }
  | HeardInput
  | SwitchedInput
  | ActionInput;

/** What a saga was started by: type and source of an event; `api`, `schedule` or `saga` where it was none. */
export interface StartOrigin {
  readonly type: string;
  readonly source: string;
  /** Who asked for it, and why; absent where nobody did by name. */
  readonly by?: string;
  readonly reason?: string;
}

/** The first input of a saga. */
export interface StartInput {
  readonly kind: 'start';
  readonly now: Instant;
  readonly facts: SagaFacts;
  readonly input: Json;
  readonly toggles: Readonly<Record<string, boolean>>;
  /** The saga that it is linked to, as it stands then. */
  readonly linked?: Json;
  /** For whoever asks why it ran; not visible to expressions. */
  readonly origin?: StartOrigin;
}

/** A participant's answer. */
export interface AnswerInput {
  readonly kind: 'answer';
  readonly now: Instant;
  readonly operation: OperationName;
  readonly attempt: number;
  readonly outcome: 'succeeded' | 'rejected' | 'failed' | 'accepted';
  readonly error?: string;
  /** Of a failure: not before so long; `never`: it would fail again, so that no attempt is wasted on it. */
  readonly retryAfterMs?: number | 'never';
  /** What it used up, in the participant's own words. For the history; nothing is decided by it. */
  readonly usage?: string;
  readonly data: Json;
}

/** Something came that an `await` effect had asked for. What it means is its channel's to say. */
export interface HeardInput {
  readonly kind: 'heard';
  readonly now: Instant;
  /** The id of the `await`. */
  readonly id: OperationName;
  /** `event`; `answered`, `forbidden`; `completed`, `compensated`, `cancelled`, `undone`; `granted`, `refused`, `lost`; `fact`, `stale`. */
  readonly what: string;
  readonly data: Json;
  /** The event's own attributes, if it was one. */
  readonly event?: {
    readonly id: string;
    readonly source: string;
    readonly type: string;
    readonly time: string;
  };
  readonly by?: string;
  /** Since when whoever answered had claimed the task. For the history; nothing is decided by it. */
  readonly claimedAt?: Instant;
}

/** Somebody switched a toggle while the saga runs. */
export interface SwitchedInput {
  readonly kind: 'switched';
  readonly now: Instant;
  readonly toggle: string;
  readonly on: boolean;
}

/** What a person asks, or Skald in the place of one. */
export interface ActionInput {
  readonly kind: 'action';
  readonly now: Instant;
  readonly by: string;
  readonly reason?: string;
  /** No person asks: a saga that runs this one does, or a newer start of its key. For whoever counts what people do. */
  readonly isOwn?: true;
  readonly action:
    /** Try what the incident is about again, as a new round. `block` may be left out when there is one open incident. */
    | { readonly kind: 'retry'; readonly block?: string }
    /** Go on as if the block had succeeded with `output`; for an undo entry: as if it had been undone. */
    | { readonly kind: 'skip'; readonly block?: string; readonly output: Json }
    /** Undo everything and end as cancelled, unless the definition catches `cancelled`; refused past the pivot. */
    | { readonly kind: 'cancel' }
    /** Undo everything, although it has completed: the saga around it is undone. Refused past the pivot. */
    | { readonly kind: 'undo' }
    /** What the block did was put right by hand, as `reason` proves: it is not undone any more. */
    | { readonly kind: 'fix'; readonly block: string };
}
