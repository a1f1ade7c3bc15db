import { iterationSuffix, operationParts, type OperationName } from '../operation-name.js';
import type { Program } from '../program.js';
import type { SagaState } from '../turn.js';
import { chartOf, placeAt, type Place } from './chart.js';
import type { EngineState, Operation } from './engine-state.js';
import { resultOf } from './iterations.js';
import { blockOf, momentOf, type Moment } from './moment.js';
import {
  commandOf,
  findOperation,
  hasEffect,
  isUndoneByItsOwn,
  mannerOf,
  nameOf,
  placeOf,
  undoOf,
  type Way,
} from './operations.js';
import { isPastPivot } from './pivot.js';

/**
 * - `done`: it took effect, and that stands. `undone`: it took none and never will, or was undone.
 * - `open`: its answer, or what undoes it, is waited for. `unknown`: nobody knows, and nobody is asked any more.
 * - `waived`: its participant's view does not matter: it has no effect, a person went on as if it were done, or it was
 *   undone without the participant: by hand, by others, or not at all, because that was not needed.
 */
export type BelievedStanding = 'done' | 'undone' | 'open' | 'unknown' | 'waived';

/** What a saga believes of something that it asked a participant for. */
export interface BelievedCommand {
  readonly name: OperationName;
  readonly direction: 'do' | 'undo';
  /** The command with this name: of an undo the one that undoes. */
  readonly call: string;
  /** How what was to be done stands, also where the name is that of its undo. */
  readonly standing: BelievedStanding;
  readonly block: string;
  /** The block in the words of who repairs it: with the items of the loops around it. */
  readonly place: string;
  /** An incident about it is open. */
  readonly isStuck: boolean;
  /** An answer that says it was done after all would have it undone. */
  readonly heedsLate: boolean;
  /** Whether the saga could still be cancelled. */
  readonly isCancellable: boolean;
}

/** What a saga believes of the command with this name; `undefined` for a question, and for a name that it never used. */
export function believedCommand(
  program: Program,
  state: SagaState,
  name: OperationName,
): BelievedCommand | undefined {
  const direction = operationParts(name)?.direction;
  if (direction !== 'do' && direction !== 'undo') return undefined;
  const moment = believing(program, state);
  const operation = findOperation(moment, name)?.operation;
  return operation && believed(moment, operation, direction);
}

/** Everything that a saga has ever asked participants to do or undo, in the order of first sending. */
export function believedCommands(program: Program, state: SagaState): readonly BelievedCommand[] {
  const moment = believing(program, state);
  return moment.state.operations.flatMap((operation) =>
    (['do', 'undo'] as const).flatMap((way) => believed(moment, operation, way) ?? []),
  );
}

function believing(program: Program, state: SagaState): Moment {
  return momentOf(chartOf(program), state.at, state as EngineState);
}

function believed(moment: Moment, operation: Operation, way: 'do' | 'undo'): BelievedCommand | undefined {
  if (!wasSaid(moment, operation, way)) return undefined;
  const place = placeOf(moment, operation);
  const isHopeless = operation.standing === 'refused' || operation.standing === 'left';
  return {
    name: nameOf(moment, operation, way),
    direction: way,
    call: mannerOf(moment, operation, way).call,
    standing: standingOf(moment, operation),
    block: blockOf(place),
    place: wordsOf(place),
    isStuck: hasIncident(moment, operation),
    heedsLate: isHopeless && undoOf(moment, operation) !== undefined,
    isCancellable: moment.state.status === 'running' && !isPastPivot(moment),
  };
}

/** Whether a participant was told: locks, other sagas and lists of blocks are no commands. */
function wasSaid(moment: Moment, operation: Operation, way: Way): boolean {
  if (way === 'do') return commandOf(moment, operation) !== undefined;
  const undo = undoOf(moment, operation);
  return undo !== undefined && 'call' in undo && (operation.undo?.sends ?? 0) > 0;
}

function standingOf(moment: Moment, operation: Operation): BelievedStanding {
  if (!hasEffect(moment, operation)) return 'waived';
  switch (operation.standing) {
    case 'done':
    case 'covered':
      return wasSkipped(moment, operation) ? 'waived' : 'done';
    case 'refused':
      return 'undone';
    case 'undone':
      return wasToldOfUndo(moment, operation) ? 'undone' : 'waived';
    case 'left':
      return 'unknown';
    case 'revoked':
      // Where its undo was given up it stands as it stood, until a person decides.
      return nameOf(moment, operation, 'do') in moment.state.incidents ? 'done' : 'open';
    case 'asked':
    case 'suspect':
      return operation.do?.state === 'doubtful' ? 'unknown' : 'open';
  }
}

function wasSkipped(moment: Moment, operation: Operation): boolean {
  const place = placeOf(moment, operation);
  return resultOf(moment, place, place.site.node.block!)?.outcome === 'skipped';
}

function wasToldOfUndo(moment: Moment, operation: Operation): boolean {
  const { fix, undo } = operation;
  return fix === undefined && undo?.sends !== 0 && isUndoneByItsOwn(moment, operation);
}

/** About the operation itself, or about the block where it came up: of the same item, for others may be stuck alone. */
function hasIncident(moment: Moment, operation: Operation): boolean {
  const { incidents, raised } = moment.state;
  if (nameOf(moment, operation, 'do') in incidents) return true;
  const words = wordsOf(placeOf(moment, operation));
  return Object.keys(raised).some((key) => key in incidents && wordsOf(placeAt(moment.chart, key)) === words);
}

function wordsOf(place: Place): string {
  return blockOf(place) + iterationSuffix(place.iteration);
}
