import { hash16, uuidText, type Clock, type DeskId, type Json } from '#libs/messaging';
import { judgedAnswer, type TaskRefusal } from '#libs/saga';
import { deskRecord } from '../desks/desk-record.js';
import { taskDeskKind, type TaskActMessage, type TaskDeskState } from '../desks/task-messages.js';
import type { StoredDesk } from '../lane-store.js';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import type { OperatorStore } from '../operator-store.js';
import { readSaga } from '../read-saga.js';
import type { HomeMailbox } from './home-mailbox.js';
import { RequestError, unknownTask } from './request-error.js';
import { waitUntil } from './wait-until.js';

/** What a person asks of a task. */
export interface TaskAct {
  readonly task: DeskId;
  readonly input: TaskActMessage['input'];
  /** The same key again for the same task asks for nothing new. Absent: every request counts. */
  readonly idempotencyKey?: string;
}

/** What became of it. `request` is the id under which its answer is, or will be, recorded. */
export type TaskActAnswer =
  | { readonly kind: 'done'; readonly request: string; readonly detail: string }
  | {
      readonly kind: 'refused';
      readonly request: string;
      readonly code: TaskRefusal;
      readonly detail: string;
    }
  | { readonly kind: 'pending'; readonly request: string };

/** What {@link ActOnTask} works with. */
export interface ActOnTaskOptions {
  readonly store: OperatorStore;
  readonly definitions: Pick<LoadedDefinitions, 'programOf'>;
  readonly mailbox: HomeMailbox;
  readonly clock: Clock;
  /** How long to wait until the task has folded it. Default 5,000. */
  readonly waitMs?: number;
}

/**
 * Answers, claims or gives back a task for a person.
 *
 * It becomes a signed record in the task's home partition, folded in order with everything else that is said to the
 * task, so of two answers at once one wins; what it came to is the audit row of the commit that folded it. Whether a
 * rule about a command speaks against an answer is asked of the saga first: it says so itself if that changes meanwhile.
 */
export class ActOnTask {
  constructor(private readonly options: ActOnTaskOptions) {}

  /** @throws RequestError when there is no such task, or the key was used for something else. */
  async act({ task, input, idempotencyKey }: TaskAct): Promise<TaskActAnswer> {
    const { store, mailbox, clock } = this.options;
    const row = await store.findDesk(task);
    if (row?.kind !== taskDeskKind) throw unknownTask(task);
    const identity = idempotencyKey ?? `${clock.now()}\0${JSON.stringify(input)}`;
    const request = uuidText(hash16('task', task, identity));
    const known = await this.answer(request, input);
    if (known !== undefined) return known;
    const message: TaskActMessage = { kind: 'act', request, input: await this.judged(row, input) };
    await mailbox.put(deskRecord(taskDeskKind, row.key, message as unknown as Json));
    const answer = await waitUntil(clock, this.options.waitMs ?? 5_000, () => this.answer(request, input));
    return answer ?? { kind: 'pending', request };
  }

  private async judged({ state }: StoredDesk, input: TaskAct['input']): Promise<TaskAct['input']> {
    const desk = JSON.parse(state) as TaskDeskState | null;
    if (input.kind !== 'answer' || desk === null) return input;
    const { id, task } = desk;
    const instance = await this.options.store.find(task.origin.saga);
    const saga = instance && readSaga(instance, this.options.definitions);
    if (saga?.program === undefined) return input;
    return judgedAnswer(
      input,
      task,
      { program: saga.program, state: saga.state, id },
      this.options.clock.now(),
    );
  }

  private async answer(request: string, input: TaskAct['input']): Promise<TaskActAnswer | undefined> {
    const audit = await this.options.store.audit(request);
    if (audit === undefined) return undefined;
    const isSame =
      audit.by === input.by && (input.kind !== 'answer' || audit.action.endsWith(` ${input.answer}`));
    if (!isSame)
      throw new RequestError(
        'IDEMPOTENCY_KEY_REUSED',
        'the idempotency key was used before for another answer to this task; use a new one',
      );
    if (audit.result !== 'refused') return { kind: 'done', request, detail: audit.detail };
    const [code, ...words] = audit.detail.split(': ');
    return { kind: 'refused', request, code: code as TaskRefusal, detail: words.join(': ') };
  }
}
