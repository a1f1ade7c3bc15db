import type { Program } from '../program.js';
import type { SagaState } from '../turn.js';
import { chartOf } from './chart.js';
import type { EngineState } from './engine-state.js';
import { momentOf } from './moment.js';
import { isPastPivot } from './pivot.js';

/** Whether a saga that has completed could still undo what it did: no pivot of it took effect. */
export function isStillUndoable(program: Program, state: SagaState): boolean {
  return (
    state.status === 'completed' && !isPastPivot(momentOf(chartOf(program), state.at, state as EngineState))
  );
}
