import type { SagaId } from '#libs/messaging';
import type { BelievedCommand } from '#libs/saga';
import type { DifferenceKind } from './difference-kind.js';

/** What to do about a difference. */
export interface Repair {
  readonly text: string;
  /** As it is typed; absent where nothing that Skald could do would help. */
  readonly command?: string;
}

/** What {@link repairOf} looks at. */
export interface Differing {
  readonly kind: DifferenceKind;
  readonly participant: string;
  readonly saga: SagaId;
  /** Whether the saga is known here. */
  readonly isKnown: boolean;
  /** Whether it has ended. */
  readonly isOver: boolean;
  /** Absent where the saga does not know that it ever asked for it. */
  readonly believed: BelievedCommand | undefined;
}

/** Says what to do. Nothing is done by it. */
export function repairOf(differing: Differing): Repair {
  const { kind, participant, believed } = differing;
  if (believed === undefined) return unaskedRepair(differing);
  switch (kind) {
    case 'done-there-undone-here':
      return believed.heedsLate ? lateRepair(differing, believed) : byHand(participant, 'undo it');
    case 'done-there-unknown-here':
      return believed.isStuck ? retried(differing, believed) : lateRepair(differing, believed);
    case 'undone-there-unknown-here':
      return believed.isStuck
        ? retried(differing, believed)
        : { text: 'nothing is to be undone: the saga went on without it' };
    case 'undone-there-done-here':
    case 'done-here-missing-there':
      return lostRepair(differing, believed);
  }
}

/** A genuine key of which no saga knows: the saga is gone, or the database was restored to before it was asked for. */
function unaskedRepair({ kind, participant, isKnown, isOver }: Differing): Repair {
  if (kind !== 'done-there-unknown-here') return byHand(participant, 'look at it');
  if (isKnown && !isOver)
    return {
      text: 'the saga has not asked for it by now: if it does, it is the same operation again; if it ends without it, undo it by hand',
    };
  return isKnown
    ? byHand(participant, 'undo it', 'the saga ended without it')
    : byHand(
        participant,
        'undo it',
        'nobody here knows its saga any more: its archive has passed, or the database was restored',
      );
}

/** What the saga has given up is undone when its success comes after all, as long as the saga goes on. */
function lateRepair({ participant, saga, isOver }: Differing, believed: BelievedCommand): Repair {
  if (!believed.heedsLate) return byHand(participant, 'undo it', 'nothing is declared that undoes it');
  if (!isOver)
    return { text: `let ${participant} send its answer again: it counts as a late success, and is undone` };
  if (!believed.isStuck) return byHand(participant, 'undo it', 'the saga has ended without it');
  return {
    text: 'its success is known here by now: have it undone',
    command: `skald retry ${saga} --block ${believed.block} --reason '…'`,
  };
}

/** It is asked again as the same operation, and answered from what the participant remembers. */
function retried({ participant, saga }: Differing, { block }: BelievedCommand): Repair {
  return {
    text: `ask again: it is the same operation, so ${participant} answers what it knows`,
    command: `skald retry ${saga} --block ${block} --reason '…'`,
  };
}

/** The saga builds on something that is not there. */
function lostRepair({ participant, saga, isOver }: Differing, believed: BelievedCommand): Repair {
  if (isOver) return byHand(participant, 'do it again', 'the saga has ended with it');
  if (believed.isCancellable)
    return {
      text: 'do it again by hand and let the saga go on, or else undo what it has done',
      command: `skald cancel ${saga} --reason '…'`,
    };
  if (believed.isStuck)
    return {
      text: 'its undo was given up here: if it is gone there, say so, and it is not tried again',
      command: `skald fix ${saga} ${believed.place} --reason '…'`,
    };
  return {
    text: 'do it again by hand where the saga goes on; where it undoes everything, say that this is undone',
    command: `skald fix ${saga} ${believed.place} --reason '…'`,
  };
}

function byHand(participant: string, what: string, why?: string): Repair {
  return { text: `${what} in ${participant} by hand${why === undefined ? '' : `: ${why}`}` };
}
