import { attend } from '../beside/attend.js';
import type { Asked, Person, TaskEffect, TaskInput, TaskRequest, TaskState } from '../beside/task.js';
import { askedText } from '../beside/who-answers.js';
import { isMap } from '../document/cursor.js';
import type { AwaitEffect } from '../effect.js';
import { judgedAnswer } from '../engine/forbidden-answer.js';
import type { Instant } from '../json.js';
import { operationParts, type OperationName } from '../operation-name.js';
import type { AnswerMove } from './move.js';
import { outsideOf } from './outside.js';
import { itemAt, namesAt } from './script-reader.js';
import type { PlayedTask } from './played-task.js';
import { note, plan, type Stage } from './stage.js';

/** Puts a task to people. */
export function openTask(stage: Stage, { id, block, request }: AwaitEffect): void {
  const { definition } = stage.options.program;
  const origin = { saga: 'saga-1', key: String(stage.state!.facts.key), definition, block };
  const opened = attend(
    undefined,
    { kind: 'open', origin, request: request as unknown as TaskRequest },
    stage.now,
  );
  const state = opened.state!;
  note(stage, 'noted', `${block} was put to ${askedText(state.asked)}`);
  stage.tasks.set(id, { id, block, state, refused: [], ...dueOf(state) });
  follow(stage, id, opened.effects);
  planAnswer(stage, stage.tasks.get(id)!);
}

/** The saga does not wait for it any more. */
export function withdrawTask(stage: Stage, id: OperationName, reason: string | undefined): void {
  const task = stage.tasks.get(id);
  if (task !== undefined)
    tell(stage, task, { kind: 'withdraw', ...(reason === undefined ? {} : { reason }) });
}

/** Somebody does something with a task. While nobody can reach it, that has to wait. */
export function answerTask(stage: Stage, id: OperationName, move: AnswerMove): void {
  const { outage } = stage.options.part;
  const from = stage.options.part.at + (outage?.afterMs ?? 0);
  if (outage !== undefined && stage.now >= from && stage.now < from + outage.forMs)
    return plan(stage, from + outage.forMs, { kind: 'person', id, move });
  const task = stage.tasks.get(id)!;
  const { answer, fields, items } = move;
  const about = itemsOf(task.state, items);
  const said = {
    kind: 'answer',
    ...personOf(task.state, move),
    answer,
    fields,
    ...(about && { items: about }),
  } as const;
  const asking = { program: stage.options.program, state: stage.state!, id };
  tell(stage, { ...task, lastMove: move }, judgedAnswer(said, task.state, asking, stage.now));
  planAnswer(stage, stage.tasks.get(id)!);
}

/** People cannot reach their tasks, or can again. */
export function tellOutage(stage: Stage, outage: Extract<TaskInput, { kind: 'outage' }>): void {
  note(stage, 'noted', outage.to === undefined ? 'people cannot reach their tasks' : 'people can again');
  for (const task of stage.tasks.values()) tell(stage, task, outage);
}

/** Lets the clocks of tasks ring. */
export function ringTasks(stage: Stage): void {
  for (const task of stage.tasks.values())
    if (task.state.clocks.some(({ at }) => at <= stage.now)) tell(stage, task, { kind: 'due' });
}

/**
 * When a clock of a task rings next. Reminders count only as long as something else is going to happen: somebody who
 * never answers is reminded for ever.
 */
export function nextTaskClock({ tasks }: Stage, otherwise: Instant): Instant | undefined {
  let horizon = otherwise;
  let next = Infinity;
  for (const { state } of tasks.values()) {
    if (state.stoppedAt !== undefined) continue;
    for (const { rings, at } of state.clocks) {
      next = Math.min(next, at);
      if (rings !== 'remind') horizon = Math.min(horizon, at);
    }
  }
  return next <= horizon && next < Infinity && horizon < Infinity ? next : undefined;
}

function tell(stage: Stage, task: PlayedTask, input: TaskInput): void {
  const { state = task.state, effects } = attend(task.state, input, stage.now);
  const refused = effects.flatMap((effect) => (effect.kind === 'refused' ? [effect] : []));
  stage.tasks.set(task.id, {
    ...task,
    ...dueOf(state),
    state,
    refused: [...task.refused, ...refused.map(({ code }) => code)],
  });
  for (const event of state.history)
    if (!task.state.history.includes(event) && event.what !== 'answered' && event.what !== 'refused')
      note(
        stage,
        'noted',
        `${task.block} was ${event.what}${event.detail === undefined ? '' : `: ${event.detail}`}`,
      );
  for (const { code, message } of refused) note(stage, 'noted', `${task.block} refused ${code}: ${message}`);
  follow(stage, task.id, effects);
}

/** An outage moves it; when it has rung it is remembered. */
function dueOf({ clocks }: TaskState): Pick<PlayedTask, 'dueAt'> {
  const due = clocks.find(({ rings }) => rings === 'due');
  return due === undefined ? {} : { dueAt: due.at };
}

function follow(stage: Stage, id: OperationName, effects: readonly TaskEffect[]): void {
  for (const effect of effects) {
    if (effect.kind !== 'answered') continue;
    const by = effect.by === null ? {} : { by: effect.by };
    const input = { kind: 'heard', now: stage.now, id, what: 'answered', data: effect.data, ...by } as const;
    plan(stage, stage.now, { kind: 'input', input });
  }
}

/** What somebody does next, as long as the task can be answered. The same for ever is tried once. */
function planAnswer(stage: Stage, { id, block, state, lastMove }: PlayedTask): void {
  if (state.status !== 'open') return;
  const { iteration = [] } = operationParts(id) ?? {};
  const move = stage.reader.next(
    namesAt(block, iteration),
    itemAt(outsideOf(stage.options.program), block, iteration),
  );
  if (move?.kind !== 'answered' || move === lastMove) return;
  plan(stage, stage.now + move.delayMs, { kind: 'person', id, move });
}

/** Where no role is said, somebody who may answer. */
function personOf({ asked, request }: TaskState, { by, role }: AnswerMove): Person {
  if (role !== undefined) return { by: by ?? 'somebody', roles: [role] };
  const highest = Object.entries(request.roles).toSorted(([, one], [, other]) => other - one)[0]?.[0];
  const roles = asked.flatMap((each) => each.role ?? []);
  return {
    by: by ?? firstByName(asked) ?? 'somebody',
    roles: highest === undefined ? roles : [...new Set([...roles, highest])],
  };
}

/** A name is needed where nobody was asked by a role. */
function firstByName(asked: readonly Asked[]): string | undefined {
  return asked.some(({ role }) => role !== undefined)
    ? undefined
    : asked.flatMap(({ candidates = [] }) => candidates)[0];
}

function itemsOf(
  { request, decisions }: TaskState,
  items: AnswerMove['items'],
): readonly string[] | undefined {
  if (request.items === undefined || items !== undefined) return items;
  return request.items.map(({ key }) => key).filter((key) => !isMap(decisions[key]));
}
