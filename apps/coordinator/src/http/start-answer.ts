import type { StartAnswer } from '#libs/orchestration';
import type { HttpReply } from './http-exchange.js';
import { actionRefused } from './problem-details.js';

/** What became of a start. */
export function startAnswer(answer: StartAnswer, definition: string, reply: HttpReply): unknown {
  const location = `/sagas/${answer.saga}`;
  if (answer.kind === 'refused') {
    void reply.status(409).type('application/problem+json');
    return actionRefused(answer.reason);
  }
  const status = { created: 201, duplicate: 200, pending: 202 }[answer.kind];
  void reply.status(status).header('location', location);
  return { id: answer.saga, definition, outcome: answer.kind };
}
