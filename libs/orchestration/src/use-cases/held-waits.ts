import type { Instant } from '#libs/messaging';
import type { StoredInstance } from '../lane-store.js';
import { participantOfLimit, type HeldCommand } from '../limits/limited-row.js';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import { overAt, pauseText, type Pause } from '../pauses/pause.js';
import { named } from './timeline.js';

/** A command that has not left, and what holds it. */
export interface HeldWait {
  readonly operation: string;
  readonly limit: string;
  readonly text: string;
  readonly since: Instant;
  /** Somebody has paused it; absent where only its limit holds it. */
  readonly pause?: Pause;
}

/** Says of each command of a saga that has not left what holds it: a pause, or else its limit. */
export function heldWaits(
  { id: saga, definition }: Pick<StoredInstance, 'id' | 'definition'>,
  commands: readonly HeldCommand[],
  definitions: Pick<LoadedDefinitions, 'pauseOn'>,
): readonly HeldWait[] {
  return commands.map(({ operation, limit, since }) => {
    const pause = definitions.pauseOn({ saga, definition, participant: participantOfLimit(limit) });
    const wait = { operation, limit, since };
    return pause === undefined
      ? { ...wait, text: `the limit of ${limit} before ${named(operation)} can be sent` }
      : { ...wait, text: pausedText(pause, operation), pause };
  });
}

function pausedText(pause: Pause, operation: string): string {
  const { at, by, reason, resumed } = pause;
  const what = `${pauseText(pause)}, which ${by} paused at ${timeText(at)} (${reason})`;
  if (resumed === undefined) return `somebody to resume ${what}, before ${named(operation)} can be sent`;
  return `its turn to send ${named(operation)}: ${what}, was resumed by ${resumed.by}, and what was held leaves until ${timeText(overAt(pause)!)}`;
}

function timeText(at: Instant): string {
  return new Date(at).toISOString();
}
