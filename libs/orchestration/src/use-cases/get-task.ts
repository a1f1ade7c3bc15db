import type { Clock, DeskId } from '#libs/messaging';
import type { ClassedPart, Person, SagaState, TaskState } from '#libs/saga';
import { taskDeskKind } from '../desks/task-messages.js';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import type { OperatorStore } from '../operator-store.js';
import { lookRow } from './look.js';
import { maskOfSaga } from './masked-view.js';
import { maskedTask, type Mask } from './masking.js';
import { unknownTask } from './request-error.js';
import { taskOf, taskView, type TaskView } from './task-view.js';

/** Shows one task, open or over; what is classed only to whom it was put to, and the audit says so. */
export class GetTask {
  constructor(
    private readonly store: OperatorStore,
    private readonly definitions: LoadedDefinitions,
    private readonly clock: Clock,
  ) {}

  /** With `person`, says whether that one may answer. @throws RequestError when there is no such task. */
  async get(id: DeskId, person?: Person): Promise<TaskView> {
    const row = await this.store.findDesk(id);
    const task = row?.kind === taskDeskKind ? taskOf(row) : undefined;
    if (task === undefined) throw unknownTask(id);
    const view = taskView(id, task, person);
    const classed = await this.classedOf(task);
    if (classed === undefined) return view;
    if (person === undefined || view.you?.mayAnswer !== true)
      return maskedTask(classed.mask.repeats(view), classed.parts, classed.mask);
    const { saga, block } = task.origin;
    await this.store.note(lookRow(saga, { by: person.by }, `task ${block}`, this.clock.now()));
    return view;
  }

  /** How what is shown is classed, if it is. */
  private async classedOf(
    task: TaskState,
  ): Promise<{ readonly parts: readonly ClassedPart[] | undefined; readonly mask: Mask } | undefined> {
    const { origin } = task;
    if (
      !this.definitions.all().some(({ definition, classed }) => definition === origin.definition && classed)
    )
      return undefined;
    const instance = await this.store.find(origin.saga);
    if (instance === undefined) return undefined;
    const classed = this.definitions.programOf(instance)?.classed;
    const parts = classed?.shown[origin.block];
    if (classed === undefined || (parts === undefined && classed.notes === undefined)) return undefined;
    const state = JSON.parse(instance.state) as SagaState;
    return { parts, mask: maskOfSaga(state, classed, writtenIn(task)) };
  }
}

/** What people wrote in their answers. */
function writtenIn({ decision, decisions }: TaskState): readonly string[] {
  const fields = [...(decision === undefined ? [] : [decision]), ...Object.values(decisions)];
  return fields
    .flatMap(({ fields: { reason, comment } }) => [reason, comment])
    .filter((text) => typeof text === 'string');
}
