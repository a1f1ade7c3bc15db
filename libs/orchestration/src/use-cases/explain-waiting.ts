import type { SagaId } from '#libs/messaging';
import { outlookOf, type SagaStatus } from '#libs/saga';
import type { Circle } from '../circles/circle.js';
import { circleText } from '../circles/circle-text.js';
import { circlesAmong } from '../circles/circles-among.js';
import { waiterOf } from '../circles/waiter.js';
import type { StoredInstance } from '../lane-store.js';
import type { HeldCommand } from '../limits/limited-row.js';
import { storedState } from '../live-saga.js';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import type { OperatorStore } from '../operator-store.js';
import { FindHelpers, type HelpedWait } from './find-helpers.js';
import { heldWaits, type HeldWait } from './held-waits.js';
import { maskOfSaga, type ClassedState } from './masked-view.js';
import type { Mask } from './masking.js';
import { withWords } from './said-of-waits.js';
import { unknownSaga } from './request-error.js';

/** A saga on the way from one that waits to those that can help. */
export interface ExplainedSaga {
  readonly id: SagaId;
  readonly definition: string;
  readonly businessKey: string;
  readonly status: SagaStatus;
  /** Something else than what it waits for outside the participants keeps it going. */
  readonly isBusy: boolean;
  readonly waits: readonly HelpedWait[];
  /** Commands of it that have not left because of a limit or a pause; absent: none. */
  readonly held?: readonly HeldWait[];
}

/** Why a saga does not go on. */
export interface WaitExplanation {
  /** The one that was asked about, then those that can help it, then those that can help them. */
  readonly sagas: readonly ExplainedSaga[];
  /** Those among them that wait for each other. */
  readonly circles: readonly (Circle & { readonly text: string })[];
  /** There are more than were looked at. */
  readonly isCut: boolean;
}

const sagasMax = 20;

/** Follows who waits for whom, from one saga on. */
export class ExplainWaiting {
  private readonly helpers: FindHelpers;

  constructor(
    private readonly store: OperatorStore,
    private readonly definitions: LoadedDefinitions,
  ) {
    this.helpers = new FindHelpers(store, definitions);
  }

  /** @throws RequestError when there is no such saga. */
  async explain(id: SagaId): Promise<WaitExplanation> {
    const first = await this.store.find(id);
    if (first === undefined) throw unknownSaga(id);
    const rows: StoredInstance[] = [];
    const sagas: ExplainedSaga[] = [];
    const open = new Set([id]);
    for (const next of open) {
      if (sagas.length >= sagasMax) break;
      const row = next === id ? first : await this.store.find(next);
      if (row === undefined) continue;
      const waits = await this.helpers.waitsOf(row);
      rows.push(row);
      sagas.push(this.explained(row, waits, await this.store.heldCommands(next)));
      for (const { help } of waits) for (const { saga } of help) if (saga !== undefined) open.add(saga);
    }
    const explanation = { sagas, circles: this.circlesOf(rows), isCut: open.size > sagas.length };
    return rows.reduce((shown, row) => this.maskOf(row)?.repeats(shown) ?? shown, explanation);
  }

  private explained(
    row: StoredInstance,
    waits: readonly HelpedWait[],
    commands: readonly HeldCommand[],
  ): ExplainedSaga {
    const { id, definition, businessKey, status } = row;
    const program = this.definitions.programOf(row);
    if (program === undefined) return { id, definition, businessKey, status, isBusy: false, waits };
    const state = storedState(row);
    const { isBusy } = outlookOf(program, state);
    const held = heldWaits(row, commands, this.definitions);
    const saga = { id, definition, businessKey, status, isBusy, waits: withWords(waits, program, state) };
    return held.length === 0 ? saga : { ...saga, held };
  }

  private circlesOf(rows: readonly StoredInstance[]): WaitExplanation['circles'] {
    const waiters = rows.flatMap((row) => this.waiter(row) ?? []);
    return circlesAmong(waiters).map((circle) => ({ ...circle, text: circleText(circle) }));
  }

  /** What is classed in one of the sagas is covered wherever it comes up. */
  private maskOf(row: StoredInstance): Mask | undefined {
    const classed = this.definitions.programOf(row)?.classed;
    return classed === undefined ? undefined : maskOfSaga(JSON.parse(row.state) as ClassedState, classed);
  }

  private waiter(row: StoredInstance) {
    const program = this.definitions.programOf(row);
    return program === undefined ? undefined : waiterOf(row, program, this.definitions);
  }
}
