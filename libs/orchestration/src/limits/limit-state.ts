import type { Instant } from '#libs/messaging';

/** What has to be remembered of a limit, by all coordinators together. */
export interface LimitState {
  /** How many commands were let go when, as far back as the rate looks. */
  readonly granted: readonly (readonly [at: Instant, count: number])[];
  readonly breaker: BreakerState;
}

/** `answers`: the last ones, `0` or, for a failure, `1`. */
export type BreakerState =
  | { readonly kind: 'closed'; readonly answers: string }
  | { readonly kind: 'open'; readonly since: Instant }
  /** One command was let go to see how it fares. */
  | { readonly kind: 'probing'; readonly since: Instant };

/** A limit that nobody has met yet. */
export const untouchedLimit: LimitState = { granted: [], breaker: { kind: 'closed', answers: '' } };
