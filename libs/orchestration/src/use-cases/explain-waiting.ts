import type { SagaId } from '#libs/messaging';
import { outlookOf, type SagaStatus } from '#libs/saga';
import type { Circle } from '../circles/circle.js';
import { circleText } from '../circles/circle-text.js';
import { circlesAmong } from '../circles/circles-among.js';
import { waiterOf } from '../circles/waiter.js';
import type { HeldCommand } from '../limits/limited-row.js';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import type { OperatorStore } from '../operator-store.js';
import { readSaga, type ReadSaga } from '../read-saga.js';
import { FindHelpers, type HelpedWait } from './find-helpers.js';
import { heldWaits, type HeldWait } from './held-waits.js';
import { maskOfSaga } from './masked-view.js';
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
    const read: ReadSaga[] = [];
    const sagas: ExplainedSaga[] = [];
    const open = new Set([id]);
    for (const next of open) {
      if (sagas.length >= sagasMax) break;
      const row = next === id ? first : await this.store.find(next);
      if (row === undefined) continue;
      const saga = readSaga(row, this.definitions);
      const waits = await this.helpers.waitsOf(saga);
      read.push(saga);
      sagas.push(this.explained(saga, waits, await this.store.heldCommands(next)));
      for (const { help } of waits)
        for (const helper of help) if (helper.saga !== undefined) open.add(helper.saga);
    }
    const explanation = { sagas, circles: this.circlesOf(read), isCut: open.size > sagas.length };
    return read.reduce((shown, saga) => maskOf(saga)?.repeats(shown) ?? shown, explanation);
  }

  private explained(
    { row, state, program }: ReadSaga,
    waits: readonly HelpedWait[],
    commands: readonly HeldCommand[],
  ): ExplainedSaga {
    const { id, definition, businessKey, status } = row;
    if (program === undefined) return { id, definition, businessKey, status, isBusy: false, waits };
    const { isBusy } = outlookOf(program, state);
    const held = heldWaits(row, commands, this.definitions);
    const saga = { id, definition, businessKey, status, isBusy, waits: withWords(waits, program, state) };
    return held.length === 0 ? saga : { ...saga, held };
  }

  private circlesOf(sagas: readonly ReadSaga[]): WaitExplanation['circles'] {
    const waiters = sagas.flatMap((saga) => waiterOf(saga, this.definitions) ?? []);
    return circlesAmong(waiters).map((circle) => ({ ...circle, text: circleText(circle) }));
  }
}

/** What is classed in one of the sagas is covered wherever it comes up. */
function maskOf({ state, program }: ReadSaga): Mask | undefined {
  return program?.classed === undefined ? undefined : maskOfSaga(state, program.classed);
}
