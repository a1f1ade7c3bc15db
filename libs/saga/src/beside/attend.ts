import type { Instant } from '../json.js';
import { itemsOutput, objectionToAnswer, openItems, outputOf } from './task-answer.js';
import { close, iso, noted, notify, refusal, requestPart, toSaga, type Changed } from './task-change.js';
import { clocksOf, moved, nextRing } from './task-clocks.js';
import { ring } from './task-ringing.js';
import type {
  Decision,
  TaskAnswerInput,
  TaskEffect,
  TaskEvent,
  TaskInput,
  TaskState,
  TaskTurn,
} from './task.js';
import { askedText, objectionTo, type Objection } from './who-answers.js';

/** How long a task that is over can still be looked at. */
const KEPT_MS = 30 * 86_400_000;

/**
 * Folds one input into a task: the clocks of people, who may answer, and the one answer that counts.
 *
 * Pure. Escalation adds people and takes nobody away; the first valid answer wins, and later ones are told who won;
 * silence is an answer only where the definition says so. A task that is over is kept for thirty days, so that
 * whoever comes late learns what became of it.
 */
export function attend(state: TaskState | undefined, input: TaskInput, now: Instant): TaskTurn {
  if (input.kind === 'open') return turnOf(state === undefined ? open(input, now) : openedAgain(state));
  if (state === undefined)
    return { state, effects: isAsked(input) ? [refusal('UNKNOWN_TASK', 'there is no such task')] : [] };
  const settled = ring(state, input.kind === 'outage' ? input.from : now);
  if (now >= (forgottenAt(settled.state) ?? Infinity)) return { state: undefined, effects: settled.effects };
  const changed = apply(settled.state, input, now);
  return turnOf({ state: changed.state, effects: [...settled.effects, ...changed.effects] });
}

/** Whether the saga or somebody still waits for it. */
export function isTaskOpen({ status }: TaskState): boolean {
  return status === 'open' || status === 'informed';
}

function turnOf({ state, effects }: Changed): TaskTurn {
  const wakeAt = forgottenAt(state) ?? nextRing(state);
  return { state, effects, ...(wakeAt === undefined ? {} : { wakeAt }) };
}

function forgottenAt({ closedAt, status, openedAt }: TaskState): Instant | undefined {
  const over = closedAt ?? (status === 'informed' ? openedAt : undefined);
  return over === undefined ? undefined : over + KEPT_MS;
}

function open({ origin, request }: Extract<TaskInput, { kind: 'open' }>, now: Instant): Changed {
  const isInform = request.mode === 'inform';
  const state: TaskState = {
    origin,
    request,
    openedAt: now,
    status: isInform ? 'informed' : 'open',
    asked: [request.to],
    clocks: isInform ? [] : clocksOf(request, now),
    decisions: {},
    history: [{ at: now, what: 'opened', detail: `put to ${askedText([request.to])}` }],
  };
  const asked = notify('asked', [request.to]);
  if (isInform) return { state, effects: [asked, toSaga({ answer: null, by: null, at: iso(now) }, null)] };
  // Nothing to decide is decided.
  return request.items?.length === 0 ? close(state, undefined, now) : { state, effects: [asked] };
}

/** The same question again: whoever asks may not have heard the answer. */
function openedAgain(state: TaskState): Changed {
  const { status, decision, request, closedAt, claimedAt } = state;
  if (status === 'informed')
    return { state, effects: [toSaga({ answer: null, by: null, at: iso(state.openedAt) }, null)] };
  if (status !== 'answered' || request.mode === 'inform') return { state, effects: [] };
  const data = decision === undefined ? itemsOutput(request, state.decisions, closedAt!) : outputOf(decision);
  return { state, effects: [toSaga(data, decision?.by ?? null, claimedAt)] };
}

function apply(state: TaskState, input: Exclude<TaskInput, { kind: 'open' }>, now: Instant): Changed {
  switch (input.kind) {
    case 'due':
      return { state, effects: [] };
    case 'answer':
      return answer(state, input, now);
    case 'claim':
    case 'unclaim':
      return claim(state, input, now);
    case 'withdraw':
      return withdraw(state, input.reason, now);
    case 'outage':
      return outage(state, input, now);
  }
}

function answer(state: TaskState, input: TaskAnswerInput, now: Instant): Changed {
  if (state.closedAt !== undefined && input.request !== undefined && state.closedBy === input.request)
    return { state, effects: [{ kind: 'accepted', detail: 'answered' }] };
  if (state.status === 'informed') return seen(state, input, now);
  const objection = isOver(state) ?? objectionToAnswer(input, state);
  if (objection !== undefined) {
    const detail = `${input.answer}: ${objection.message}`;
    const tried = isTaskOpen(state)
      ? noted(state, { at: now, what: 'refused', by: input.by, detail })
      : state;
    return {
      state: tried,
      effects: [refusal(objection.code, objection.message), ...forbidden(input, objection)],
    };
  }
  const { by, fields, items } = input;
  const decision: Decision = { answer: input.answer, by, at: now, fields };
  const about = items === undefined ? '' : ` for ${items.join(', ')}`;
  const heard = noted(state, {
    at: now,
    what: 'answered',
    by,
    detail: `"${input.answer}"${about}${because(fields)}`,
  });
  const accepted: TaskEffect = { kind: 'accepted', detail: `answered "${input.answer}"${about}` };
  const changed =
    items === undefined
      ? close(heard, decision, now, input.request)
      : decideItems(heard, items, decision, input.request);
  return { state: changed.state, effects: [accepted, ...changed.effects] };
}

function forbidden(
  { by, answer: said, fields, broken }: TaskAnswerInput,
  { code }: Objection,
): readonly TaskEffect[] {
  return code !== 'RULE_BROKEN' || broken === undefined
    ? []
    : [{ kind: 'forbidden', by, answer: said, fields, broken }];
}

function decideItems(
  state: TaskState,
  items: readonly string[],
  decision: Decision,
  request: string | undefined,
): Changed {
  const own = Object.fromEntries(items.map((item) => [item, decision]));
  const decided = { ...state, decisions: { ...state.decisions, ...own } };
  return openItems(decided).length > 0
    ? { state: decided, effects: [] }
    : close(decided, decision, decision.at, request);
}

/** Somebody has looked at what the saga only wanted to be known. */
function seen(state: TaskState, input: TaskAnswerInput, now: Instant): Changed {
  const objection = objectionTo(input, state);
  if (objection !== undefined) return { state, effects: [refusal(objection.code, objection.message)] };
  const closed: TaskState = { ...state, status: 'answered', closedAt: now, ...requestPart(input.request) };
  return {
    state: noted(closed, { at: now, what: 'answered', by: input.by, detail: 'seen' }),
    effects: [{ kind: 'accepted', detail: 'seen' }],
  };
}

function claim(
  state: TaskState,
  input: Extract<TaskInput, { kind: 'claim' | 'unclaim' }>,
  now: Instant,
): Changed {
  const objection = isOver(state) ?? objectionTo(input, state);
  if (objection !== undefined) return { state, effects: [refusal(objection.code, objection.message)] };
  const { claimedBy: before, claimedAt, ...rest } = state;
  const isClaim = input.kind === 'claim';
  const what = isClaim ? 'claimed' : 'unclaimed';
  const detail = before === undefined || before === input.by ? undefined : `${before} was at it`;
  const since = before === input.by && claimedAt !== undefined ? claimedAt : now;
  const event: TaskEvent = { at: now, what, by: input.by, ...(detail === undefined ? {} : { detail }) };
  return {
    state: noted(isClaim ? { ...rest, claimedBy: input.by, claimedAt: since } : rest, event),
    effects: [{ kind: 'accepted', detail: detail === undefined ? what : `${what}; ${detail}` }],
  };
}

function withdraw(state: TaskState, reason: string | undefined, now: Instant): Changed {
  if (!isTaskOpen(state) || state.status === 'informed') return { state, effects: [] };
  const { claimedBy: _, ...rest } = state;
  const withdrawn: TaskState = { ...rest, status: 'withdrawn', clocks: [], closedAt: now };
  const event: TaskEvent = {
    at: now,
    what: 'withdrawn',
    ...(reason === undefined ? {} : { detail: reason }),
  };
  return { state: noted(withdrawn, event), effects: [notify('withdrawn', state.asked)] };
}

/** Nobody can be late with what nobody could reach. */
function outage(
  state: TaskState,
  { from, to }: Extract<TaskInput, { kind: 'outage' }>,
  now: Instant,
): Changed {
  if (state.status !== 'open') return { state, effects: [] };
  const since = state.stoppedAt ?? Math.max(from, state.openedAt);
  if (to === undefined) {
    if (state.stoppedAt !== undefined) return { state, effects: [] };
    return { state: noted({ ...state, stoppedAt: since }, { at: now, what: 'stopped' }), effects: [] };
  }
  const { stoppedAt: _, ...rest } = state;
  if (to <= since) return { state: rest, effects: [] };
  const clocks = moved(state.clocks, since, to, state.request.calendar);
  const detail = `clocks stood still from ${iso(since)} to ${iso(to)}`;
  return ring(noted({ ...rest, clocks }, { at: now, what: 'resumed', detail }), now);
}

function isOver(state: TaskState): Objection | undefined {
  const { status, decision, closedAt } = state;
  if (status === 'withdrawn')
    return {
      code: 'TASK_WITHDRAWN',
      message: `nobody waits for it since ${iso(closedAt!)}: ${lastDetail(state)}`,
    };
  if (status !== 'answered') return undefined;
  const what = decision === undefined ? 'every item was decided' : `it was answered "${decision.answer}"`;
  const who = decision === undefined ? '' : ` by ${decision.by ?? 'silence'}`;
  return { code: 'TASK_ANSWERED', message: `${what}${who} at ${iso(closedAt!)}` };
}

function lastDetail({ history }: TaskState): string {
  return history.at(-1)?.detail ?? 'the saga went on without it';
}

function because({ reason }: TaskAnswerInput['fields']): string {
  return typeof reason === 'string' && reason !== '' ? `: ${reason}` : '';
}

function isAsked(input: TaskInput): boolean {
  return input.kind === 'answer' || input.kind === 'claim' || input.kind === 'unclaim';
}
