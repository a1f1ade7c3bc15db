import type { Instant, SagaId } from '#libs/messaging';
import type { BelievedCommand, BelievedStanding } from '#libs/saga';
import type { StoredInstance } from '../lane-store.js';
import { isFinal } from '../live-saga.js';
import type { DifferenceKind } from './difference-kind.js';
import type { ListedOperation, ListedState } from './listed-operation.js';
import { repairOf, type Repair } from './repair.js';

/** An operation of which a participant and a saga have different views. */
export interface Difference {
  readonly kind: DifferenceKind;
  /** Where it stands in the list; 0 where it was not in it. */
  readonly line: number;
  readonly saga: SagaId;
  /** As listed. */
  readonly operation: string;
  /** Absent where nobody here knows the saga any more. */
  readonly definition?: string;
  readonly businessKey?: string;
  readonly block?: string;
  /** Since when they differ, as far as that is known: for so long at least, or not at all. */
  readonly since?: Instant;
  readonly repair: Repair;
}

/** What a line comes to. */
export type Compared =
  | { readonly kind: 'agreed' | 'open' }
  | { readonly kind: 'different'; readonly difference: Difference };

/** What is known here of what a line is about. */
export interface KnownOperation {
  /** What its key is for. */
  readonly direction: 'do' | 'undo';
  /** Absent where nobody knows the saga any more. */
  readonly instance?: StoredInstance;
  /** When the saga last moved. */
  readonly changedAt?: Instant;
  /** Absent where the saga has never used the key. */
  readonly believed?: BelievedCommand | undefined;
}

/** Holds a line against what its saga believes. */
export function comparedWith(
  participant: string,
  listed: ListedOperation,
  { direction, instance, changedAt, believed }: KnownOperation,
): Compared {
  // That an undo was not done says nothing of what it was to undo.
  if (direction === 'undo' && listed.state !== 'done') return { kind: 'agreed' };
  const says = direction === 'undo' ? 'undone' : listed.state;
  const kind = kindOf(says, believed?.standing ?? 'unknown', believed !== undefined);
  if (kind === 'agreed' || kind === 'open') return { kind };
  const since = sinceOf(listed.at, instance?.finishedAt ?? changedAt);
  const isOver = instance !== undefined && isFinal(instance.status);
  return {
    kind: 'different',
    difference: {
      kind,
      line: listed.line,
      saga: listed.saga,
      operation: listed.operation,
      ...(instance !== undefined && {
        definition: instance.definition,
        businessKey: instance.businessKey,
      }),
      ...(believed !== undefined && { block: believed.place }),
      ...(since !== undefined && { since }),
      repair: repairOf({
        kind,
        participant,
        saga: listed.saga,
        isKnown: instance !== undefined,
        isOver,
        believed,
      }),
    },
  };
}

function kindOf(
  there: ListedState,
  here: BelievedStanding,
  isAsked: boolean,
): DifferenceKind | 'agreed' | 'open' {
  if (there === 'open' || here === 'open') return 'open';
  if (here === 'waived') return 'agreed';
  switch (there) {
    case 'done':
      if (here === 'done') return 'agreed';
      return here === 'undone' ? 'done-there-undone-here' : 'done-there-unknown-here';
    case 'undone':
      if (here === 'undone' || !isAsked) return 'agreed';
      return here === 'done' ? 'undone-there-done-here' : 'undone-there-unknown-here';
    case 'unknown':
      return here === 'done' ? 'done-here-missing-there' : 'agreed';
  }
}

/** They differ since the later of them came to its view. */
function sinceOf(there: Instant | undefined, here: Instant | undefined): Instant | undefined {
  if (there === undefined || here === undefined) return there ?? here;
  return Math.max(there, here);
}
