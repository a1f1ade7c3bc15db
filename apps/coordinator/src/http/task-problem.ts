import type { TaskActAnswer } from '#libs/orchestration';
import type { ProblemDetails } from './problem-details.js';

type Refused = Extract<TaskActAnswer, { kind: 'refused' }>;

const refusals: Readonly<Record<Refused['code'], readonly [number, string]>> = {
  TASK_ANSWERED: [409, 'The task is answered'],
  TASK_WITHDRAWN: [409, 'Nobody waits for the task any more'],
  ITEM_DECIDED: [409, 'The item is decided'],
  NOT_ASKED: [403, 'Somebody else was asked'],
  AUTHORITY_TOO_LOW: [403, 'The authority is too low'],
  FOUR_EYES: [403, 'Somebody else has to answer'],
  UNKNOWN_ANSWER: [422, 'There is no such answer'],
  UNKNOWN_ITEM: [422, 'There is no such item'],
  MISSING_FIELDS: [422, 'The answer is not complete'],
  UNKNOWN_FIELDS: [422, 'The answer has fields nobody reads'],
  RULE_BROKEN: [422, 'A rule does not allow what would follow'],
  UNKNOWN_TASK: [404, 'No such task'],
};

/** Describes to a client why a task turned its request down. */
export function taskProblem({ code, detail }: Refused): ProblemDetails {
  const [status, title] = refusals[code];
  return {
    type: `urn:skald:problem:${code.toLowerCase().replaceAll('_', '-')}`,
    title,
    status,
    code,
    detail,
  };
}
