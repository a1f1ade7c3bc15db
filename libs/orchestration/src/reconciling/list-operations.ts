import { earliestSagaId, sealOperation, type Instant, type Keyring, type SagaId } from '#libs/messaging';
import { believedCommands, participantOf, type SagaState } from '#libs/saga';
import type { StoredInstance } from '../lane-store.js';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import type { OperatorStore } from '../operator-store.js';
import { RequestError } from '../use-cases/request-error.js';

/** Which sagas to go through: those that began in a time, page by page. */
export interface AskedOperationsFilter {
  readonly participant: string;
  readonly from: Instant;
  readonly until: Instant;
  /** The last saga of the page before. */
  readonly after?: SagaId;
  /** How many sagas: 1 to 500. */
  readonly limit: number;
}

/** Something that a participant was asked for. */
export interface AskedOperation {
  readonly saga: SagaId;
  /** The key it came with: one for each secret of the keyring, since secrets may have changed meanwhile. */
  readonly keys: readonly string[];
  /** Its saga believes that it is done, and that this stands. */
  readonly isDone: boolean;
}

/** One page of them. */
export interface AskedOperationsPage {
  readonly operations: readonly AskedOperation[];
  /** Where the next page begins; absent: that was all. */
  readonly next?: SagaId;
}

/** Lists what a participant was asked for by sagas, live or archived, so that its own list can be held against it. */
export class ListOperations {
  constructor(
    private readonly store: Pick<OperatorStore, 'begun'>,
    private readonly definitions: Pick<LoadedDefinitions, 'versions' | 'programOf'>,
    private readonly keyring: Keyring,
  ) {}

  /** @throws RequestError when no definition calls the participant. */
  async list({
    participant,
    from,
    until,
    after,
    limit,
  }: AskedOperationsFilter): Promise<AskedOperationsPage> {
    const callers = this.definitions
      .versions()
      .filter(({ calls }) => calls.some((call) => participantOf(call) === participant));
    if (callers.length === 0)
      throw new RequestError('INVALID_REQUEST', `no definition calls a participant "${participant}"`);
    const rows = await this.store.begun({
      definitions: [...new Set(callers.map(({ definition }) => definition))],
      after: after ?? earliestSagaId(from),
      below: earliestSagaId(until),
      limit,
    });
    const next = rows.length < limit ? undefined : rows.at(-1)?.id;
    return {
      operations: rows.flatMap((row) => this.askedBy(row, participant)),
      ...(next !== undefined && { next }),
    };
  }

  private askedBy(row: StoredInstance, participant: string): readonly AskedOperation[] {
    const program = this.definitions.programOf(row);
    if (program === undefined) return [];
    return believedCommands(program, JSON.parse(row.state) as SagaState)
      .filter(({ call }) => participantOf(call) === participant)
      .map(({ name, direction, standing }) => ({
        saga: row.id,
        keys: this.keyring.keys.map((key) => sealOperation({ keys: [key] }, row.id, name)),
        isDone: direction === 'do' && standing === 'done',
      }));
  }
}
