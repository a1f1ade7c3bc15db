import type { Instant } from '#libs/messaging';
import type { FactState, Hearsay, KeptHearsay } from './fact-state.js';

/** An event that says something of a fact, and comes from elsewhere than the source that its contract declares. */
export interface HearsayMessage extends Omit<Hearsay, 'heardAt'> {
  readonly kind: 'hearsay';
}

/** Tag of facts that somebody else than their source has spoken of. */
export const hearsayTag = 'hearsay';

const kept = 5;
/** Whoever looks after a contradiction does so within this time. */
const rememberedMs = 24 * 3_600_000;

/** The same with something more that another source has said. The same state where that is known already. */
export function withHearsay(
  state: FactState,
  { value, asOf, event }: HearsayMessage,
  heardAt: Instant,
): FactState {
  const { count, last }: KeptHearsay = state.hearsay ?? { count: 0, last: [] };
  if (last.some((one) => one.event.id === event.id && one.event.source === event.source)) return state;
  const hearsay = { count: count + 1, last: [...last, { value, asOf, event, heardAt }].slice(-kept) };
  return { ...state, hearsay };
}

/** The same without what others said long ago. */
export function withoutOldHearsay(state: FactState, now: Instant): FactState {
  if (state.hearsay === undefined || now < hearsayUntil(state.hearsay)) return state;
  const { hearsay: _, ...rest } = state;
  return rest;
}

/** From then on it is of no interest any more. */
export function hearsayUntil({ last }: KeptHearsay): Instant {
  return last.at(-1)!.heardAt + rememberedMs;
}
