import type {
  ActionHead,
  DeskId,
  HeardHead,
  Instant,
  Json,
  JsonObject,
  SagaId,
  StartHead,
  TraceHeaders,
  TriggerHead,
} from '#libs/messaging';
import type { AskedFact } from '../fact-outcome.js';
import type { AuditRow, GatedCount, IncidentRow } from '../lane-store.js';

/** What moves a desk: something said to it, or time. */
export type DeskInput = { readonly kind: 'message'; readonly message: Json } | { readonly kind: 'due' };

/** Where and when an input is folded. `now` is the time of the record that brought it. */
export interface DeskMoment {
  readonly id: DeskId;
  readonly key: string;
  readonly now: Instant;
}

/** What a desk says. All of it travels through the outbox, at least once, in order per receiver of one commit. */
export type DeskPost =
  | ({ readonly kind: 'heard'; readonly saga: SagaId; readonly data: Json } & HeardHead)
  | { readonly kind: 'desk'; readonly desk: string; readonly key: string; readonly message: Json }
  | {
      readonly kind: 'start';
      readonly saga: SagaId;
      readonly head: StartHead;
      readonly input: Json;
      readonly trace: TraceHeaders;
    }
  /** Runs a saga and is told at its end what that has found out, once for each `id`. */
  | {
      readonly kind: 'run';
      readonly definition: string;
      readonly input: Json;
      readonly informs: NonNullable<StartHead['informs']>;
      readonly at: Instant;
    }
  | { readonly kind: 'trigger'; readonly head: TriggerHead; readonly data: Json }
  /** A fact for whoever listens; `id` is unique and stable, `saga` is whom it is about. */
  | {
      readonly kind: 'event';
      readonly saga: SagaId;
      readonly event: string;
      readonly id: string;
      readonly at: Instant;
      readonly key: string;
      readonly data: Json;
    }
  | { readonly kind: 'action'; readonly saga: SagaId; readonly head: ActionHead; readonly data: JsonObject };

/** What one input makes of a desk. */
export interface DeskTurn<State> {
  /** `undefined`: there is nothing left to remember. */
  readonly state: State | undefined;
  readonly posts: readonly DeskPost[];
  /** When it has to be folded again with `due`. */
  readonly wakeAt?: Instant | undefined;
  /** From then on its state is worth nothing: its row may vanish without anybody being told. */
  readonly expiresAt?: Instant | undefined;
  /** What it is found under in lists. */
  readonly tags?: readonly string[] | undefined;
  /** Answers to requests, and what a person has to look at. */
  readonly audits?: readonly AuditRow[];
  readonly incidents?: readonly IncidentRow[];
  /** What was kept from starting a saga. */
  readonly gated?: readonly GatedCount[];
  /** Facts that were asked for before anything started. */
  readonly facts?: readonly AskedFact[];
  /** A fact of which somebody else than its source has spoken. */
  readonly hearsay?: string;
}

/**
 * What has to be remembered under a key and folded in order although it is no saga: who waits for an event, who holds
 * a lock, what a person was asked.
 *
 * It lives in a home partition as a saga does, and `fold` is as pure as that of a saga: state is plain JSON and never
 * changed in place, the same state and input always give the same turn. Messages to it may come twice. What it throws
 * parks the record and holds the desk.
 */
export interface Desk<State = unknown> {
  readonly kind: string;
  fold(state: State | undefined, input: DeskInput, moment: DeskMoment): DeskTurn<State>;
}
