import type { DeskId } from '#libs/messaging';
import type { Person } from '#libs/saga';
import { taskDeskKind } from '../desks/task-messages.js';
import type { OperatorStore } from '../operator-store.js';
import { RequestError } from './request-error.js';
import { taskOf, taskView, type TaskView } from './task-view.js';

/** Shows one task, open or over. */
export class GetTask {
  constructor(private readonly store: OperatorStore) {}

  /** With `person`, says whether that one may answer. @throws RequestError when there is no such task. */
  async get(id: DeskId, person?: Person): Promise<TaskView> {
    const row = await this.store.findDesk(id);
    const task = row?.kind === taskDeskKind ? taskOf(row) : undefined;
    if (task === undefined)
      throw new RequestError(
        'UNKNOWN_TASK',
        `there is no task ${id}; one that is over is kept for thirty days`,
      );
    return taskView(id, task, person);
  }
}
