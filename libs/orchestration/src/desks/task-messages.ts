import type { OperationName, TaskInput, TaskState } from '#libs/saga';

/** Kind of the desks that tasks lie on. */
export const taskDeskKind = 'task';

/** What a person asks of a task; `request` is the id under which the answer is recorded. */
export interface TaskActMessage {
  readonly kind: 'act';
  readonly request: string;
  readonly input: Extract<TaskInput, { readonly kind: 'answer' | 'claim' | 'unclaim' }>;
}

/** People could not reach their tasks: `to` is absent as long as they cannot. */
export type TaskOutageMessage = Extract<TaskInput, { readonly kind: 'outage' }>;

/** A task, and the name its saga waits under. */
export interface TaskDeskState {
  readonly id: OperationName;
  readonly task: TaskState;
}

/** What tasks are found under in lists. */
export const taskTag = {
  /** Every task that can be answered. */
  open: 'open',
  role: (role: string): string => `open role ${role}`,
  /** Asked by name, or at it. */
  person: (person: string): string => `open person ${person}`,
  /** Every task of a saga, those that are over too. */
  saga: (saga: string): string => `saga ${saga}`,
} as const;
