import type { Instant, JsonObject } from '../json.js';
import type { TaskState } from '../beside/task.js';
import type { OperationName } from '../operation-name.js';
import type { AnswerMove } from './move.js';

/** A task of a play: what people are asked, with its clocks, as in production. */
export interface PlayedTask {
  readonly id: OperationName;
  readonly block: string;
  readonly state: TaskState;
  /** When it should have been answered by. */
  readonly dueAt?: Instant;
  /** Why answers were turned down, in order. */
  readonly refused: readonly string[];
  /** What somebody did with it last. */
  readonly lastMove?: AnswerMove;
}

/** What can be claimed of a task. */
export function taskFacts({ state, dueAt, refused }: PlayedTask): JsonObject {
  const { status, asked, overdueAt, decision, history } = state;
  const count = (what: string): number => history.filter((event) => event.what === what).length;
  return {
    status,
    asked: asked.flatMap(({ role, candidates = [] }) => [
      ...(role === undefined ? [] : [role]),
      ...candidates,
    ]),
    reminded: count('reminded'),
    escalated: count('escalated'),
    overdue: overdueAt !== undefined,
    ...(dueAt === undefined ? {} : { dueAt: instantText(dueAt) }),
    ...(decision === undefined ? {} : { answer: decision.answer, at: instantText(decision.at) }),
    ...(decision === undefined || decision.by === null ? {} : { by: decision.by }),
    refused: refused.map((code) => code.toLowerCase().replaceAll('_', '-')),
  };
}

/** As people write it: without milliseconds where there are none. */
function instantText(at: Instant): string {
  return new Date(at).toISOString().replace('.000Z', 'Z');
}
