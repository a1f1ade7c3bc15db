import { attend } from '../beside/attend.js';
import type { TaskAnswerInput, TaskState } from '../beside/task.js';
import type { Instant } from '../json.js';
import type { OperationName } from '../operation-name.js';
import type { Program } from '../program.js';
import type { SagaState } from '../turn.js';
import { advance } from './advance.js';
import { objectionOf } from './forbidding.js';
import { FuelSpentError } from './fuel-spent-error.js';

/** A saga that waits for people, and the name it waits under. */
export interface AskingSaga {
  readonly program: Program;
  readonly state: SagaState;
  readonly id: OperationName;
}

/**
 * The answer of a person, with the rule about a command that the saga would break if it went on with it. A task refuses
 * such an answer, so that it stays open for another one. Nothing is changed by asking.
 */
export function judgedAnswer(
  answer: TaskAnswerInput,
  task: TaskState,
  { program, state, id }: AskingSaga,
  now: Instant,
): TaskAnswerInput {
  const { effects } = attend(task, answer, now);
  const said = effects.find((effect) => effect.kind === 'answered');
  if (said === undefined) return answer;
  const heard = {
    kind: 'heard',
    now: Math.max(now, state.at),
    id,
    what: 'answered',
    data: said.data,
  } as const;
  try {
    const broken = objectionOf(advance(program, state, { ...heard, by: answer.by }).effects);
    return broken === undefined ? answer : { ...answer, broken };
  } catch (error) {
    // What costs too much is the saga's to say, when it hears the answer.
    if (error instanceof FuelSpentError) return answer;
    throw error;
  }
}
