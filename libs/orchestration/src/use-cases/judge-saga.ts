import { hash16, uuidText, type Clock, type SagaId } from '#libs/messaging';
import type { Verdict } from '#libs/saga';
import { isFinal } from '../live-saga.js';
import type { OperatorStore } from '../operator-store.js';
import { verdictRow } from '../verdict-rows.js';
import { RequestError, unknownSaga } from './request-error.js';

/** What somebody says that a saga turned out to be. */
export interface Judgement {
  readonly saga: SagaId;
  readonly verdict: Verdict;
  readonly by: string;
  readonly reason: string;
}

/** Notes what a saga that has ended turned out to be. The saga is not moved by it; the newest verdict counts. */
export class JudgeSaga {
  constructor(
    private readonly store: Pick<OperatorStore, 'find' | 'note'>,
    private readonly clock: Clock,
  ) {}

  /** @throws RequestError when there is no such saga, or it has not ended. */
  async judge({ saga, verdict, by, reason }: Judgement): Promise<void> {
    const found = await this.store.find(saga);
    if (found === undefined) throw unknownSaga(saga);
    if (!isFinal(found.status))
      throw new RequestError(
        'INVALID_REQUEST',
        `saga ${saga} is ${found.status}: judge it when it has ended`,
      );
    const at = this.clock.now();
    const request = uuidText(hash16('judge', saga, by, verdict, String(at)));
    await this.store.note(verdictRow({ request, saga, at, by, reason }, verdict));
  }
}
