import type { Instant, Json } from '../json.js';
import type { RefusalReason } from '../starting/refusal.js';

/** A saga that something wants to start. `start` is whatever the shell needs to do it; the fold only keeps it. */
export interface Candidate {
  /** The id the saga would have: who comes again with the same one is the same. */
  readonly saga: string;
  /** Name of the trigger. */
  readonly trigger: string;
  readonly start: Json;
}

/** What starts of a key have to do with each other, as far as the fold needs it. */
export interface AdmissionRules {
  readonly conflict: 'ignore' | 'queue' | 'cancelOld';
  readonly flips?: { readonly max: number; readonly withinMs: number };
}

/** What moves the admission of one key. */
export type AdmissionInput =
  | {
      readonly kind: 'candidate';
      readonly candidate: Candidate;
      readonly rules: AdmissionRules;
      readonly coalesceMs?: number;
      /** A level and what it has to fall below. */
      readonly level?: { readonly value: number; readonly below: number };
      /** The saga whose command caused it. */
      readonly cause?: string;
      /** It counts even if an own command caused it. */
      readonly isMaterial?: boolean;
    }
  /** A saga of the key has ended; `decided` is what flips are told by, absent when it did not come to that. */
  | { readonly kind: 'ended'; readonly saga: string; readonly decided?: Json }
  /** The start of `saga` came to nothing: `winner` has the key, or the start could not be carried out at all. */
  | { readonly kind: 'not-started'; readonly saga: string; readonly winner?: string }
  /** A person lets a frozen key go. */
  | { readonly kind: 'thaw' }
  | { readonly kind: 'due' };

/** What has to be done, in order. */
export type AdmissionEffect =
  | { readonly kind: 'start'; readonly candidate: Candidate }
  | { readonly kind: 'cancel'; readonly saga: string; readonly candidate: Candidate }
  | { readonly kind: 'refused'; readonly candidate: Candidate; readonly reason: RefusalReason }
  /** The key went back and forth between `values`: nothing is started until a person looks at it. */
  | { readonly kind: 'frozen'; readonly values: readonly Json[] }
  | { readonly kind: 'thawed' };

/** What is remembered of one key of one definition. */
export interface AdmissionState {
  readonly rules: AdmissionRules;
  /** Ends of the ids of those that came lately, so that who comes again is recognised. */
  readonly seen: readonly string[];
  /** Sagas started lately: what their commands cause is an echo. */
  readonly own: readonly string[];
  /** Triggers whose level is below the number. */
  readonly below: readonly string[];
  /** Waiting for the end of a window. */
  readonly gathering: readonly { readonly candidate: Candidate; readonly until: Instant }[];
  /** Has the key at present. Without `start` it was started by somebody else. */
  readonly running?: { readonly saga: string; readonly start?: Candidate; readonly isCancelled?: true };
  /** Waiting for the key, first come first served. */
  readonly queue: readonly (Candidate & { readonly isCoalesced?: true })[];
  /** When to ask again whether the key is still taken. */
  readonly askAt?: Instant;
  readonly decided: readonly { readonly value: Json; readonly at: Instant }[];
  readonly frozenAt?: Instant;
}

/** What one input makes of it. */
export interface AdmissionTurn {
  readonly state: AdmissionState;
  readonly effects: readonly AdmissionEffect[];
  readonly wakeAt?: Instant;
  /** From then on the state is worth nothing; absent while somebody waits. */
  readonly expiresAt?: Instant;
}
