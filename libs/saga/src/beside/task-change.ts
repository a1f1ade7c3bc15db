import type { Instant } from '../json.js';
import { itemsOutput, outputOf } from './task-answer.js';
import type { Asked, Decision, TaskEffect, TaskEvent, TaskRefusal, TaskState } from './task.js';

/** Lines of history a task keeps; reminders of a task that nobody answers would go on without end. */
const HISTORY_LINES = 200;

/** A task after a step, and what follows from it. */
export interface Changed {
  readonly state: TaskState;
  readonly effects: readonly TaskEffect[];
}

/** The task is decided by this as a whole, or by this as the last of its items, and the saga hears of it. */
export function close(state: TaskState, last: Decision | undefined, now: Instant, request?: string): Changed {
  const { claimedBy, claimedAt: since, ...rest } = state;
  const decision = state.request.items === undefined ? last : undefined;
  const by = last?.by ?? null;
  const claimedAt = by === claimedBy ? since : undefined;
  const closed: TaskState = {
    ...rest,
    status: 'answered',
    clocks: [],
    closedAt: now,
    ...(decision === undefined ? {} : { decision }),
    ...(claimedAt === undefined ? {} : { claimedAt }),
    ...requestPart(request),
  };
  const data = decision === undefined ? itemsOutput(state.request, state.decisions, now) : outputOf(decision);
  const answered = toSaga(data, by, claimedAt);
  return { state: closed, effects: [answered, notify('answered', state.asked)] };
}

/** The task with one more line of history. */
export function noted(state: TaskState, event: TaskEvent): TaskState {
  return { ...state, history: [...state.history, event].slice(-HISTORY_LINES) };
}

/** A request is turned down. */
export function refusal(code: TaskRefusal, message: string): TaskEffect {
  return { kind: 'refused', code, message };
}

/** Whoever sends mails is told. */
export function notify(
  what: Extract<TaskEffect, { kind: 'notify' }>['what'],
  to: readonly Asked[],
): TaskEffect {
  return { kind: 'notify', what, to };
}

/** The saga hears what it waits for. */
export function toSaga(
  data: Extract<TaskEffect, { kind: 'answered' }>['data'],
  by: string | null,
  claimedAt?: Instant,
): TaskEffect {
  return { kind: 'answered', data, by, ...(claimedAt === undefined ? {} : { claimedAt }) };
}

/** Remembers which request it was. */
export function requestPart(request: string | undefined): { readonly closedBy?: string } {
  return request === undefined ? {} : { closedBy: request };
}

/** An instant as people and sagas read it. */
export function iso(at: Instant): string {
  return new Date(at).toISOString();
}
