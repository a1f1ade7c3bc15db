import type { Instant } from '../json.js';
import type { Operation } from './engine-state.js';
import type { Moment } from './moment.js';
import { commandOf, undoOf } from './operations.js';

/** When it was decided that something is not wanted: what a plan undoes was decided with the plan. */
export function decidedAt({ state, now }: Moment): Instant {
  return state.ending?.decidedAt ?? now;
}

/**
 * Until when nothing is done about an operation that is not wanted since `unwantedAt`: its cool-down is not over, or what
 * was sent may still be carried out and nobody can refuse it. `undefined` where nothing makes it wait.
 */
export function restsUntil(
  moment: Moment,
  operation: Operation,
  unwantedAt: Instant | undefined = operation.unwantedAt,
): Instant | undefined {
  const undo = undoOf(moment, operation);
  const command = commandOf(moment, operation);
  const mayLinger = command?.drainsOnlyInDoubt !== true || operation.isBlind === true;
  const drainMs = mayLinger ? command?.drainMs : undefined;
  const cooled = undo?.coolDownMs === undefined ? undefined : (unwantedAt ?? moment.now) + undo.coolDownMs;
  const drained =
    drainMs === undefined || operation.sentAt === undefined ? undefined : operation.sentAt + drainMs;
  return cooled === undefined || drained === undefined ? (cooled ?? drained) : Math.max(cooled, drained);
}

/** Whether undoing an operation may have to wait, so that it counts when that was decided. */
export function mayRest(moment: Moment, operation: Operation): boolean {
  const undo = undoOf(moment, operation);
  const drainMs = commandOf(moment, operation)?.drainMs;
  return undo?.coolDownMs !== undefined || drainMs !== undefined;
}
