import type { DeskId, Instant, Json } from '#libs/messaging';
import {
  objectionTo,
  type Asked,
  type Decision,
  type Person,
  type TaskEvent,
  type TaskRequest,
  type TaskState,
} from '#libs/saga';
import type { TaskDeskState } from '../desks/task-messages.js';
import type { StoredDesk } from '../lane-store.js';

/** One line of a list of tasks. */
export interface TaskSummary {
  readonly id: DeskId;
  readonly title: string;
  readonly status: TaskState['status'];
  readonly saga: string;
  readonly definition: string;
  readonly businessKey: string;
  readonly block: string;
  readonly asked: readonly Asked[];
  readonly claimedBy?: string;
  readonly openedAt: Instant;
  /** When it should be answered by. */
  readonly dueAt?: Instant;
  readonly overdueAt?: Instant;
  readonly closedAt?: Instant;
}

/** Everything there is to know of a task. */
export interface TaskView extends TaskSummary {
  readonly description?: string;
  readonly mode: TaskRequest['mode'];
  readonly show: Json;
  readonly answers: TaskRequest['answers'];
  readonly items?: readonly (NonNullable<TaskRequest['items']>[number] & { readonly decision?: Decision })[];
  /** What silence will mean, and when. */
  readonly silence?: { readonly answer: string; readonly at: Instant };
  /** Clocks stand still since then. */
  readonly stoppedAt?: Instant;
  readonly decision?: Decision;
  readonly history: readonly TaskEvent[];
  /** Whether whoever looks may answer, and if not, why. */
  readonly you?: { readonly mayAnswer: boolean; readonly why?: string };
}

/** The task on a desk, or `undefined` where there is none. */
export function taskOf(row: StoredDesk): TaskState | undefined {
  return (JSON.parse(row.state) as TaskDeskState | null)?.task;
}

/** A task as listed. */
export function taskSummary(id: DeskId, task: TaskState): TaskSummary {
  const { origin, request, status, asked, clocks, claimedBy, openedAt, overdueAt, closedAt } = task;
  const { saga, definition, key: businessKey, block } = origin;
  const dueAt = clocks.find(({ rings }) => rings === 'due')?.at;
  return {
    id,
    title: request.title,
    status,
    saga,
    definition,
    businessKey,
    block,
    asked,
    ...(claimedBy === undefined ? {} : { claimedBy }),
    openedAt,
    ...(dueAt === undefined ? {} : { dueAt }),
    ...(overdueAt === undefined ? {} : { overdueAt }),
    ...(closedAt === undefined ? {} : { closedAt }),
  };
}

/** A task with what is shown, who may answer and what happened; with `person`, whether that one may. */
export function taskView(id: DeskId, task: TaskState, person?: Person): TaskView {
  const { request, stoppedAt, decision, history } = task;
  const { description, mode, show, answers } = request;
  const silentAt = task.clocks.find(({ rings }) => rings === 'window')?.at;
  return {
    ...taskSummary(id, task),
    ...(description === undefined ? {} : { description }),
    mode,
    show,
    answers,
    ...itemsOf(task),
    ...(silentAt === undefined ? {} : { silence: { answer: request.atEnd!, at: silentAt } }),
    ...(stoppedAt === undefined ? {} : { stoppedAt }),
    ...(decision === undefined ? {} : { decision }),
    history,
    ...(person === undefined ? {} : { you: chanceOf(person, task) }),
  };
}

function itemsOf({ request, decisions }: TaskState): Pick<TaskView, 'items'> {
  if (request.items === undefined) return {};
  return {
    items: request.items.map((item) => {
      const decision = decisions[item.key];
      return decision === undefined ? item : { ...item, decision };
    }),
  };
}

function chanceOf(person: Person, task: TaskState): NonNullable<TaskView['you']> {
  const objection = objectionTo(person, task);
  return objection === undefined ? { mayAnswer: true } : { mayAnswer: false, why: objection.message };
}
