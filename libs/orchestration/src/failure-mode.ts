import type { OperatorAction } from './home-action.js';
import { RequestError } from './use-cases/request-error.js';

/**
 * What a person found to be the matter before something was tried again or passed over.
 *
 * - `participant-away`: whoever was asked could not be reached, or was too slow. `participant-wrong`: it answered, or did,
 *   what it should not have.
 * - `data-wrong`: what it was asked with was missing, old or false. `definition-wrong`: the definition did not foresee it.
 * - `done-elsewhere`: somebody had settled it by hand. `not-known`: nobody found out.
 */
export const failureModes = [
  'participant-away',
  'participant-wrong',
  'data-wrong',
  'definition-wrong',
  'done-elsewhere',
  'not-known',
] as const;

/** One of {@link failureModes}. */
export type FailureMode = (typeof failureModes)[number];

/** What is done about trouble without undoing anything: the same may come back. */
export const repairActions: readonly OperatorAction[] = ['retry', 'skip', 'redrive', 'skip-record'];

/** What is written down with a repair. */
export interface RepairNote {
  readonly mode?: FailureMode;
  readonly reason?: string;
}

/** @throws RequestError naming what has to be written down before `action` is taken. */
export function assertNoted(action: OperatorAction, { mode, reason }: RepairNote): void {
  if (!repairActions.includes(action) || (mode !== undefined && reason !== undefined)) return;
  throw new RequestError(
    'INVALID_REQUEST',
    `before it is tried again or passed over, say what was the matter: reason, and as mode one of ${failureModes.join(', ')}`,
  );
}
