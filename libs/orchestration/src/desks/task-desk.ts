import type { Instant, Json } from '#libs/messaging';
import {
  attend,
  isTaskOpen,
  refusedByRuleText,
  type TaskEffect,
  type TaskInput,
  type TaskRequest,
  type TaskState,
  type TaskTurn,
} from '#libs/saga';
import type { AuditRow } from '../lane-store.js';
import type { Desk, DeskInput, DeskMoment, DeskPost, DeskTurn } from './desk.js';
import type { AwaitMessage, ReleaseMessage } from './outside.js';
import {
  taskDeskKind,
  taskTag,
  type TaskActMessage,
  type TaskDeskState,
  type TaskOutageMessage,
} from './task-messages.js';

type TaskMessage = AwaitMessage | ReleaseMessage | TaskActMessage | TaskOutageMessage;

/**
 * What people are asked: one desk for each question of a saga.
 *
 * The saga hears one answer. Everything a person asks is answered in the audit; everything whoever sends mails may
 * want to know is an event `skald.task-…`. A task that is over stays for a while, so that late comers learn who won.
 */
export const taskDesk: Desk<TaskDeskState> = {
  kind: taskDeskKind,
  fold(state, input, moment) {
    const message = input.kind === 'due' ? undefined : (input.message as unknown as TaskMessage);
    const id = message?.kind === 'await' ? message.id : state?.id;
    const turn = attend(state?.task, inputOf(input, message), moment.now);
    const audits = message?.kind === 'act' ? [auditOf(message, turn, moment)] : [];
    if (turn.state === undefined || id === undefined) return { state: undefined, posts: [], audits };
    return {
      state: { id, task: turn.state },
      posts: postsOf(turn.effects, { id, task: turn.state }, moment),
      tags: tagsOf(turn.state),
      audits,
      ...clockOf(turn),
    };
  },
};

function inputOf(input: DeskInput, message: TaskMessage | undefined): TaskInput {
  if (input.kind === 'due' || message === undefined) return { kind: 'due' };
  switch (message.kind) {
    case 'await': {
      const { saga, businessKey: key, definition, block, request } = message;
      return {
        kind: 'open',
        origin: { saga, key, definition, block },
        request: request as unknown as TaskRequest,
      };
    }
    case 'release':
      return { kind: 'withdraw', ...(message.reason === undefined ? {} : { reason: message.reason }) };
    case 'act':
      return { ...message.input, request: message.request };
    case 'outage':
      return message;
  }
}

/** A task that is over needs no clock to vanish. */
function clockOf({ state, wakeAt }: TaskTurn): Pick<DeskTurn<unknown>, 'wakeAt' | 'expiresAt'> {
  return state !== undefined && isTaskOpen(state) && state.status !== 'informed'
    ? { wakeAt }
    : { expiresAt: wakeAt };
}

function tagsOf({ origin, asked, claimedBy, ...task }: TaskState): readonly string[] {
  const saga = taskTag.saga(origin.saga);
  if (!isTaskOpen({ origin, asked, ...task })) return [saga];
  const roles = asked.flatMap(({ role }) => (role === undefined ? [] : [taskTag.role(role)]));
  const persons = [
    ...asked.flatMap(({ candidates = [] }) => candidates),
    ...(claimedBy === undefined ? [] : [claimedBy]),
  ];
  return [...new Set([taskTag.open, saga, ...roles, ...persons.map(taskTag.person)])];
}

function postsOf(
  effects: readonly TaskEffect[],
  { id, task }: TaskDeskState,
  { id: desk, now }: DeskMoment,
): readonly DeskPost[] {
  const { saga } = task.origin;
  return effects.flatMap((effect, index): readonly DeskPost[] => {
    switch (effect.kind) {
      case 'answered': {
        const { data, by, claimedAt } = effect;
        const who = {
          ...(by === null ? {} : { by }),
          ...(claimedAt === undefined ? {} : { claimedAt }),
        };
        return [{ kind: 'heard', saga, id, what: 'answered', data, ...who }];
      }
      case 'forbidden': {
        const { by, answer, fields, broken } = effect;
        const reason = refusedByRuleText(broken);
        return [
          { kind: 'heard', saga, id, what: 'forbidden', by, data: { ...fields, answer, refused: reason } },
        ];
      }
      case 'notify': {
        const event = `skald.task-${effect.what}`;
        const data = noticeOf(desk, task, effect);
        return [
          { kind: 'event', saga, event, id: `${desk}.${now}.${index}`, at: now, key: task.origin.key, data },
        ];
      }
      case 'accepted':
      case 'refused':
        return [];
    }
  });
}

/** What whoever sends mails needs to know. What people see of the task is not in it: for that they open the task. */
function noticeOf(desk: string, task: TaskState, { to }: Extract<TaskEffect, { kind: 'notify' }>): Json {
  const { origin, request, openedAt, decision, claimedBy } = task;
  return {
    task: desk,
    title: request.title,
    ...origin,
    to,
    openedAt: iso(openedAt),
    ...(claimedBy === undefined ? {} : { claimedBy }),
    ...(decision === undefined ? {} : { answer: decision.answer, by: decision.by, at: iso(decision.at) }),
  };
}

function auditOf(
  { request, input }: TaskActMessage,
  { state, effects }: TaskTurn,
  { key, now }: DeskMoment,
): AuditRow {
  const refused = effects.find((effect) => effect.kind === 'refused');
  const accepted = effects.find((effect) => effect.kind === 'accepted');
  const reason = input.kind === 'answer' ? input.fields['reason'] : undefined;
  return {
    request,
    saga: state?.origin.saga ?? key.split(' ')[0]!,
    at: now,
    action:
      input.kind === 'answer'
        ? `answer ${state?.origin.block ?? key} ${input.answer}`
        : `${input.kind} ${state?.origin.block ?? key}`,
    by: input.by,
    ...(typeof reason === 'string' && reason !== '' ? { reason } : {}),
    result: refused === undefined ? 'done' : 'refused',
    detail: refused === undefined ? (accepted?.detail ?? '') : `${refused.code}: ${refused.message}`,
  };
}

function iso(at: Instant): string {
  return new Date(at).toISOString();
}
