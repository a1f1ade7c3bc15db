import type { Instant, SagaId } from '#libs/messaging';
import {
  isStillUndoable,
  nextDue,
  openingOf,
  stateText,
  type Opening,
  type Program,
  type SagaState,
  type SagaStatus,
  type WaitChannel,
} from '#libs/saga';
import type { StoredInstance } from './lane-store.js';
import type { UndoCauses } from './undo-causes.js';

/** What a saga has asked of desks and other sagas, by the name it waits under: who was asked. */
export type Outside = Readonly<
  Record<
    string,
    {
      readonly channel: WaitChannel;
      readonly to: readonly string[];
      /** Events it has heard lately, so that a repeated one is recognised. */
      readonly heard?: readonly string[];
      /** It was found to wait in this circle. */
      readonly circle?: { readonly id: string; readonly isAlarm: boolean };
    }
  >
>;

/** A saga in the memory of its lane: the stored row, with its state decoded and its program at hand. Never mutated. */
export interface LiveSaga {
  readonly id: SagaId;
  readonly program: Program;
  readonly state: SagaState;
  readonly businessKey: string;
  readonly revision: number;
  readonly home: number;
  readonly wakeAt: Instant | undefined;
  readonly held: boolean;
  readonly trace: string;
  readonly finishedAt: Instant | undefined;
  /** Absent: nothing. */
  readonly outside: Outside | undefined;
  /** Its parent wants it undone. */
  readonly isToBeUndone: boolean;
  /** Its parent has ended and wants nothing of it any more. */
  readonly isLetGo: boolean;
  /** Absent: no undo is under way, or it is not traced. */
  readonly undoCauses: UndoCauses | undefined;
  /** Of its state; absent until it is first needed. */
  readonly opening: Opening | undefined;
}

/** What is stored beside the engine's state, in the same text, where there is any of it. */
interface Beside {
  readonly outside?: Outside;
  readonly isToBeUndone?: true;
  readonly isLetGo?: true;
  readonly undoCauses?: UndoCauses;
}

/** Whether nothing but late answers can follow. */
export function isFinal(status: SagaStatus): boolean {
  return status === 'completed' || status === 'compensated' || status === 'cancelled';
}

/** Whether nobody can want anything of the saga any more: its parent may still have it undone. */
export function isOver(program: Program, state: SagaState, isLetGo: boolean): boolean {
  if (!isFinal(state.status)) return false;
  return state.facts.parent === undefined || isLetGo || !isStillUndoable(program, state);
}

/** Whether a person has to know that a saga waits in a circle. */
function isAlarmed(outside: Outside | undefined): boolean {
  return outside !== undefined && Object.values(outside).some(({ circle }) => circle?.isAlarm === true);
}

/** The decoded text of a row: the engine's state, and what is stored beside it. */
export type StoredState = SagaState & Beside;

/** Decodes the text of a row. */
export function storedState({ state }: Pick<StoredInstance, 'state'>): StoredState {
  return JSON.parse(state) as StoredState;
}

/** A stored row whose text was decoded before. */
export function revivedSaga(row: StoredInstance, stored: StoredState, program: Program): LiveSaga {
  const { outside, isToBeUndone, isLetGo, undoCauses, ...state } = stored;
  return {
    id: row.id,
    program,
    state,
    businessKey: row.businessKey,
    revision: row.revision,
    home: row.home,
    wakeAt: row.wakeAt,
    held: row.held,
    trace: row.trace,
    finishedAt: row.finishedAt,
    outside,
    isToBeUndone: isToBeUndone === true,
    isLetGo: isLetGo === true,
    undoCauses,
    opening: undefined,
  };
}

/** The state of a saga as it is stored. */
export function storedText({ state, outside, isToBeUndone, isLetGo, undoCauses, opening }: LiveSaga): string {
  const known = openingOf(state, opening);
  if (outside === undefined && !isToBeUndone && !isLetGo && undoCauses === undefined)
    return stateText(state, known);
  const beside: Beside = {
    ...(outside && { outside }),
    ...(isToBeUndone && { isToBeUndone }),
    ...(isLetGo && { isLetGo }),
    ...(undoCauses && { undoCauses }),
  };
  return stateText(state, known, beside);
}

/** The saga after an input. Written out, because it is made for every input there is: copies by spread take longer. */
export function movedSaga(
  saga: LiveSaga,
  state: SagaState,
  now: Instant,
  outside: Outside | undefined,
): LiveSaga {
  return {
    id: saga.id,
    program: saga.program,
    state,
    businessKey: saga.businessKey,
    revision: saga.revision,
    home: saga.home,
    wakeAt: wakeOf(saga.wakeAt, state, now),
    held: saga.held,
    trace: saga.trace,
    finishedAt: saga.finishedAt ?? (isOver(saga.program, state, saga.isLetGo) ? now : undefined),
    outside,
    isToBeUndone: saga.isToBeUndone,
    isLetGo: saga.isLetGo,
    undoCauses: saga.undoCauses,
    opening: openingOf(state, saga.opening),
  };
}

/** Encodes a saga as the row to be stored under `revision`. */
export function storedForm(saga: LiveSaga, revision: number, state: string): StoredInstance {
  return {
    id: saga.id,
    definition: saga.program.definition,
    version: saga.program.version,
    businessKey: saga.businessKey,
    status: saga.state.status,
    revision,
    home: saga.home,
    state,
    wakeAt: saga.wakeAt,
    incident: saga.held || Object.keys(saga.state.incidents).length > 0 || isAlarmed(saga.outside),
    held: saga.held,
    trace: saga.trace,
    startedAt: saga.state.facts.startedAt,
    finishedAt: saga.finishedAt,
  };
}

/**
 * When the row has to be woken. The stored time stays as it is while it is early enough: it is indexed, and a row
 * whose indexed columns do not change is updated in place.
 */
function wakeOf(stored: Instant | undefined, state: SagaState, now: Instant): Instant | undefined {
  const due = nextDue(state);
  if (stored !== undefined && stored > now && (due === undefined || stored <= due)) return stored;
  return due ?? stored;
}
