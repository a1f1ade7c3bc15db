import type { HttpReply } from './http-exchange.js';
import type { ActionAnswer } from '#libs/orchestration';
import { actionRefused } from './problem-details.js';

/** Says over HTTP what became of an action: 200 done, 409 refused, 202 not folded yet. */
export function answerAction(answer: ActionAnswer, reply: HttpReply, location: string): unknown {
  switch (answer.kind) {
    case 'done':
      void reply.status(200);
      return { outcome: 'done', request: answer.request, detail: answer.detail };
    case 'pending':
      void reply.status(202).header('location', location);
      return { outcome: 'pending', request: answer.request };
    case 'refused':
      void reply.status(409).type('application/problem+json');
      return { ...actionRefused(answer.detail), request: answer.request };
  }
}
