/** The transport of participants. Handlers marked with it are offered to participants alone, whatever else the application listens to. */
export const PARTICIPANT_TRANSPORT = Symbol('skald participant');

/** What a decorator says about a handler beside its pattern. */
export interface HandlerExtras {
  readonly kind?: 'command' | 'query';
  readonly undoOfNothing?: 'succeed' | 'call';
}
