import type { Json } from '#libs/messaging';

/** How a fact came that was asked for: it was known, an event told it, a saga read it, or it is not fresh enough. */
export type FactOutcome = 'kept' | 'waited' | 'read' | 'stale';

/** A fact that a trigger has asked for. */
export interface AskedFact {
  readonly definition: string;
  /** Its trigger, and what that calls the fact. */
  readonly step: string;
  readonly outcome: FactOutcome;
}

/** Tells the ways of hearing of a fact apart. */
export function factOutcome({ what, data }: { readonly what: string; readonly data: Json }): FactOutcome {
  if (what !== 'fact') return 'stale';
  const { kept, readBy } = (data ?? {}) as { readonly kept?: boolean; readonly readBy?: string };
  if (kept === true) return 'kept';
  return readBy === undefined ? 'waited' : 'read';
}
