import { header, headerText, isSagaId, type InboundRecord } from '#libs/messaging';
import type { Installation } from './installation-store.js';
import { sourceOf } from './outgoing-effects.js';

/**
 * Where an event comes from: from outside, from a saga that tells it, or from a participant because of a command.
 * Events of the last kind are how a coordinator comes to answer itself.
 */
export type IntakeCause = 'outside' | 'saga' | 'command';

/** Reads off the headers of an event where it comes from. */
export function intakeCause(installation: Installation, { headers }: InboundRecord): IntakeCause {
  const cause = headerText(headers, header.correlation);
  if (cause === undefined || !isSagaId(cause)) return 'outside';
  return headerText(headers, header.source) === sourceOf(installation) ? 'saga' : 'command';
}

/** How many events one definition took in from one place. */
export interface IntakeCount {
  readonly definition: string;
  readonly cause: IntakeCause;
  readonly count: number;
}

/** Counts what definitions take in. */
export class Intake {
  private readonly counted = new Map<string, IntakeCount>();

  /** An event came that triggers of these definitions look at. Each definition counts once. */
  add(definitions: Iterable<string>, cause: IntakeCause): void {
    for (const definition of new Set(definitions)) {
      const name = `${definition} ${cause}`;
      const count = (this.counted.get(name)?.count ?? 0) + 1;
      this.counted.set(name, { definition, cause, count });
    }
  }

  /** What was counted since it was last asked. */
  take(): readonly IntakeCount[] {
    const counts = [...this.counted.values()];
    this.counted.clear();
    return counts;
  }
}
