import type { Instant } from '#libs/messaging';
import { taskDeskKind, taskTag } from '../desks/task-messages.js';
import type { OperatorStore } from '../operator-store.js';
import { assertPublished, type PublishedDefinitions } from './assert-published.js';
import { taggedDesks } from './tagged-desks.js';
import { wholeNumber } from './whole-number.js';
import { taskOf, taskSummary, type TaskSummary } from './task-view.js';

/** Which tasks to list; all that is said has to hold. */
export interface TaskFilter {
  /** Put to this role. */
  readonly role?: string;
  /** Put to this person by name, or claimed by them. */
  readonly assignee?: string;
  readonly saga?: string;
  readonly definition?: string;
  /** Business key of the saga. */
  readonly businessKey?: string;
  /** Opened at or before. */
  readonly openedBefore?: Instant;
  readonly overdue?: boolean;
  /** 1…500, default 50. */
  readonly limit?: number;
}

/** Tasks, the oldest first. */
export interface TaskPage {
  readonly tasks: readonly TaskSummary[];
  /** There are more than are shown here. */
  readonly more: boolean;
}

const largestLimit = 500;

/** Lists the tasks people can answer, the oldest first; of one saga also those that are over. */
export class ListTasks {
  constructor(
    private readonly store: OperatorStore,
    private readonly definitions: PublishedDefinitions,
  ) {}

  /** @throws RequestError when the filter makes no sense, or there is no such definition. */
  async list(filter: TaskFilter): Promise<TaskPage> {
    const limit = wholeNumber('limit', filter.limit ?? 50, largestLimit);
    const { rows, isCut } = await taggedDesks(this.store, taskDeskKind, tagOf(filter));
    const found = rows
      .flatMap((row) => {
        const task = taskOf(row);
        return task === undefined ? [] : [taskSummary(row.id, task)];
      })
      .filter((task) => isWanted(task, filter))
      .toSorted((one, other) => one.openedAt - other.openedAt || (one.id < other.id ? -1 : 1));
    if (found.length === 0 && filter.definition !== undefined)
      await assertPublished(filter.definition, this.definitions);
    return { tasks: found.slice(0, limit), more: found.length > limit || isCut };
  }
}

/** The narrowest tag there is. */
function tagOf({ saga, assignee, role }: TaskFilter): string {
  if (saga !== undefined) return taskTag.saga(saga);
  if (assignee !== undefined) return taskTag.person(assignee);
  return role === undefined ? taskTag.open : taskTag.role(role);
}

function isWanted(task: TaskSummary, filter: TaskFilter): boolean {
  const { role, assignee, definition, businessKey, openedBefore, overdue } = filter;
  return (
    (role === undefined || task.asked.some((asked) => asked.role === role)) &&
    (assignee === undefined ||
      task.claimedBy === assignee ||
      task.asked.some(({ candidates }) => candidates?.includes(assignee))) &&
    (definition === undefined || task.definition === definition) &&
    (businessKey === undefined || task.businessKey === businessKey) &&
    (openedBefore === undefined || task.openedAt <= openedBefore) &&
    (overdue === undefined || (task.overdueAt !== undefined) === overdue)
  );
}
