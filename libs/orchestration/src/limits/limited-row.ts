import type { Instant, SagaId } from '#libs/messaging';

/** Names a limited command within its lane: by the commit that made it, and its place among the messages of that. */
export interface LimitedPlace {
  readonly seq: number;
  readonly n: number;
}

/** A command that waits for its limit, or counts against it because nobody has answered it yet. */
export interface LimitedRow extends LimitedPlace {
  readonly saga: SagaId;
  readonly operation: string;
  readonly attempt: number;
  /** The name of the limit. */
  readonly limit: string;
  /** When it was committed. */
  readonly at: Instant;
  /** It may leave, or has left. */
  readonly isGranted: boolean;
  /** The message, encoded; absent once the broker has it. */
  readonly payload?: string;
}

/** What a commit makes of limited commands. */
export interface LimitedChanges {
  readonly queued: readonly LimitedRow[];
  /** The broker has them; they count until they are gone. */
  readonly sent: readonly LimitedPlace[];
  readonly gone: readonly LimitedPlace[];
}

/** A limited command of a saga that has not left. */
export interface HeldCommand {
  readonly saga: SagaId;
  readonly operation: string;
  readonly limit: string;
  readonly since: Instant;
}

/** How much waits for a limit. */
export interface LimitQueue {
  readonly limit: string;
  readonly waiting: number;
  /** Since when the one that has waited longest does. */
  readonly since: Instant;
}

/** Whose limit a name is: it is named after its participant, or after a command of it. */
export function participantOfLimit(limit: string): string {
  return limit.split('.', 1)[0]!;
}
