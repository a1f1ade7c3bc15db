import type { Clock, SagaId } from '#libs/messaging';
import { operationParts, outlookOf, type SagaState, type TaskState } from '#libs/saga';
import { taskDeskKind, taskTag, type TaskDeskState } from '../desks/task-messages.js';
import type { StoredInstance } from '../lane-store.js';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import type { OperatorStore } from '../operator-store.js';
import { readSaga, type ReadSaga } from '../read-saga.js';
import { withBlockKinds } from './block-kinds.js';
import { controlOf } from './control.js';
import { costOf, type Cost } from './cost.js';
import { executionsOf, type Execution } from './executions.js';
import { FindHelpers, type HelpedWait } from './find-helpers.js';
import { heldWaits } from './held-waits.js';
import { lookRow, type Look } from './look.js';
import { maskedView } from './masked-view.js';
import { historyPages } from './read-history.js';
import { unknownSaga } from './request-error.js';
import { withWords } from './said-of-waits.js';
import type { SagaView } from './saga-view.js';
import { stallOf } from './stall.js';
import { timelineOf } from './timeline.js';
import { nextTimerAt, waitingOf, type Waiting, type WaitingView } from './waiting.js';
import { whyItRan } from './why-it-ran.js';

/** Of a saga that asks for more at once, the others are told without the names of who was asked. */
const tasksMost = 500;

/** Shows one saga with its full history and what it waits for; what is classed is covered. */
export class GetSaga {
  private readonly helpers: FindHelpers;

  constructor(
    private readonly store: OperatorStore,
    private readonly definitions: LoadedDefinitions,
    private readonly clock: Clock,
  ) {
    this.helpers = new FindHelpers(store, definitions);
  }

  /**
   * With `look`, nothing is covered, and the audit says who looked and why, before anything is shown.
   *
   * @throws RequestError when there is no such saga.
   */
  async get(id: SagaId, look?: Look): Promise<SagaView> {
    return (await this.read(id, look)).view;
  }

  /** What was carried out for it, by whatever kind of block: with input, output, log and times. As {@link get} covers it. */
  async executions(id: SagaId, look?: Look): Promise<readonly Execution[]> {
    const { state, program, view } = await this.read(id, look);
    if (program === undefined) return [];
    // What people say at their desk may repeat what is classed.
    const isOpen = look !== undefined || program.classed === undefined;
    const tasks = isOpen ? [...(await this.tasksOf(id))] : [];
    return executionsOf({
      entries: view.history.flatMap((page) => page.entries),
      agents: program.agents ?? [],
      sleeps: outlookOf(program, state).sleeps ?? [],
      tasks: new Map(tasks.map(([wait, { history }]) => [wait, history])),
    });
  }

  /** What it took: calls, the time of people, and what participants said that they used up. As {@link get} covers it. */
  async cost(id: SagaId, look?: Look): Promise<Cost> {
    const { program, view } = await this.read(id, look);
    return costOf(
      view.history.flatMap((page) => page.entries),
      program,
    );
  }

  private async read(id: SagaId, look: Look | undefined): Promise<ReadSaga & { readonly view: SagaView }> {
    const row = await this.store.find(id);
    if (row === undefined) throw unknownSaga(id);
    if (look !== undefined) await this.store.note(lookRow(id, look, 'the whole saga', this.clock.now()));
    const saga = readSaga(row, this.definitions);
    const view = await this.whole(saga);
    const shown = look === undefined ? maskedView(view, saga.program) : view;
    return { ...saga, view: withBlockKinds(shown, saga.program ?? {}) };
  }

  private async whole(saga: ReadSaga): Promise<SagaView> {
    const { row, state, program } = saga;
    const { id } = row;
    const [rows, incidents, audits, parked, commands, waits] = await Promise.all([
      this.store.history(id),
      this.store.incidents({ saga: id }),
      this.store.audits(id),
      this.store.parked({ saga: id }),
      this.store.heldCommands(id),
      this.helpers.waitsOf(saga),
    ]);
    // What was committed since the saga was read belongs to the next look: a page is of one moment.
    const pages = historyPages(rows.filter(({ revision }) => revision <= row.revision));
    const history = pages.flatMap(({ entries }) => entries);
    const held = heldWaits(row, commands, this.definitions);
    const around = { state, program, history, incidents, parked, held };
    const view = { ...this.viewOf(saga, around), history: pages, incidents, audits, parked };
    const tasks = waits.some(({ channel }) => channel === 'task') ? await this.tasksOf(id) : new Map();
    const stalled = stallOf({ ...view, history, target: program?.target }, this.clock.now());
    return {
      ...view,
      waitsFor: view.waitsFor.map((waiting) => withHelp(waiting, waits)),
      control: controlOf({ ...around, waits, tasks }),
      ...(stalled === undefined ? {} : { stalled }),
    };
  }

  private async tasksOf(saga: SagaId): Promise<ReadonlyMap<string, TaskState>> {
    const rows = await this.store.desks({ kind: taskDeskKind, tag: taskTag.saga(saga), limit: tasksMost });
    const desks = rows.map(({ state }) => JSON.parse(state) as TaskDeskState);
    return new Map(desks.map(({ id, task }) => [id, task]));
  }

  private viewOf(
    { row, state, program }: ReadSaga,
    around: WaitingView,
  ): Omit<SagaView, 'control' | 'history' | 'incidents' | 'audits' | 'parked'> {
    const due = nextTimerAt(state);
    const why = whyItRan(state.facts, around.history, program);
    const paused = row.finishedAt === undefined ? this.definitions.pausesOf(row.id, row.definition) : [];
    return {
      ...factsOf(row),
      input: state.input,
      ...(why === undefined ? {} : { why }),
      ...(paused.length === 0 ? {} : { paused }),
      ...linkOf(state),
      ...parentOf(state),
      steps: state.steps,
      ...(state.failure === undefined ? {} : { failure: state.failure }),
      waitsFor: withWords(waitingOf(around), program, state),
      ...(due === undefined ? {} : { nextTimerAt: due }),
      timeline: timelineOf(around.history),
    };
  }
}

function factsOf(instance: StoredInstance) {
  const {
    id,
    definition,
    version,
    businessKey,
    status,
    incident,
    held,
    revision,
    home,
    startedAt,
    finishedAt,
    trace,
  } = instance;
  const ended = finishedAt === undefined ? {} : { finishedAt };
  return {
    id,
    definition,
    version,
    businessKey,
    status,
    incident,
    held,
    revision,
    home,
    startedAt,
    ...ended,
    trace,
  };
}

function withHelp(waiting: Waiting, waits: readonly HelpedWait[]): Waiting {
  const wait = waits.find(({ id }) => id === waiting.id);
  if (wait === undefined) return waiting;
  const { until, help } = wait;
  return {
    ...waiting,
    ...(until === undefined ? {} : { until }),
    ...(help.length === 0 ? {} : { help: help.map(({ text }) => text) }),
  };
}

/** Which saga runs it, and at which block. */
function parentOf({ facts: { parent } }: SagaState): Pick<SagaView, 'parent'> {
  if (parent === undefined) return {};
  return { parent: { id: parent.saga, block: operationParts(parent.id)?.block ?? parent.id } };
}

/** Whom it is linked to; what that saga holds is shown on its own page. */
function linkOf({ linked }: SagaState): Pick<SagaView, 'linked'> {
  if (linked === undefined) return {};
  const { id, definition, key } = linked as Readonly<Record<string, string>>;
  return { linked: { id: id!, definition: definition!, key: key! } };
}
