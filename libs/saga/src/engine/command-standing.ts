import type { OperationName } from '../operation-name.js';
import type { Program } from '../program.js';
import type { SagaState } from '../turn.js';
import { chartOf } from './chart.js';
import type { EngineState } from './engine-state.js';
import { momentOf } from './moment.js';
import { findOperation } from './operations.js';

/** `sent`: an answer is waited for, and none has come. `unheard`: it was waited for long enough. `over`: anything else. */
export type CommandStanding = 'sent' | 'unheard' | 'over';

/** Where a command stands by the state of its saga: whether its participant still has it, as far as the saga knows. */
export function commandStanding(program: Program, state: SagaState, name: OperationName): CommandStanding {
  const moment = momentOf(chartOf(program), state.at, state as EngineState);
  const found = findOperation(moment, name);
  const exchange = found?.operation[found.way];
  if (exchange?.state === 'sent') return 'sent';
  return exchange?.state === 'silent' || exchange?.state === 'doubtful' ? 'unheard' : 'over';
}
