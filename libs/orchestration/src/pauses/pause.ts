import type { Instant } from '#libs/messaging';

/** What a person can pause. */
export const pausedKinds = ['participant', 'definition', 'saga'] as const;

/** Of a participant: what is sent to it; of a definition: what its sagas send; of a saga: what that one sends. */
export type PausedKind = (typeof pausedKinds)[number];

/** Names what is paused; a saga by its id. */
export interface PausedPlace {
  readonly kind: PausedKind;
  readonly name: string;
}

/** How much a pause holds. */
export interface PausedQueue extends PausedPlace {
  /** Commands that would have been sent. */
  readonly held: number;
  readonly since: Instant;
}

/** What a person has paused, and maybe resumed. */
export interface Pause extends PausedPlace {
  readonly at: Instant;
  readonly by: string;
  readonly reason: string;
  readonly resumed?: Resumption;
}

/** The end of a pause: what was held leaves little by little. */
export interface Resumption {
  readonly at: Instant;
  readonly by: string;
  readonly reason: string;
  /** Over so long what is held is let go, saga by saga. */
  readonly drainMs: number;
}

/** What the audit of a pause says. */
export function pauseText({ kind, name }: PausedPlace): string {
  return `${kind} ${name}`;
}

/** When everything that a pause held may leave; absent while nobody has resumed it. */
export function overAt({ resumed }: Pause): Instant | undefined {
  return resumed === undefined ? undefined : resumed.at + resumed.drainMs;
}

/** Whether a pause holds anything at all. */
export function isInForce(pause: Pause, now: Instant): boolean {
  return now < (overAt(pause) ?? Number.POSITIVE_INFINITY);
}
