import { isSagaId, type SagaId } from '#libs/messaging';
import type { OperatorStore, SagaFilter, SagaSummary } from '../operator-store.js';
import { RequestError } from './request-error.js';

/** A page of sagas, newest first. */
export interface SagaPage {
  readonly sagas: readonly SagaSummary[];
  /** `before` of the next page; absent on the last one. */
  readonly next?: SagaId;
}

const defaultLimit = 50;
const largestLimit = 500;

/** Lists sagas by definition, status, business key or open incident. */
export class ListSagas {
  constructor(private readonly store: OperatorStore) {}

  /** @throws RequestError when the filter makes no sense. */
  async list(filter: SagaFilter): Promise<SagaPage> {
    const limit = filter.limit ?? defaultLimit;
    if (!Number.isInteger(limit) || limit < 1 || limit > largestLimit) {
      throw new RequestError('INVALID_REQUEST', `limit has to be a whole number from 1 to ${largestLimit}`);
    }
    if (filter.before !== undefined && !isSagaId(filter.before)) {
      throw new RequestError(
        'INVALID_REQUEST',
        'before has to be a saga id, as given in "next" of the page before',
      );
    }
    // One more than asked for tells whether there is a page behind this one.
    const found = await this.store.list({ ...filter, limit: Math.min(limit + 1, largestLimit) });
    const sagas = found.slice(0, limit);
    const last = sagas.at(-1);
    const isLast = found.length < limit || (found.length === limit && limit < largestLimit);
    return isLast || last === undefined ? { sagas } : { sagas, next: last.id };
  }
}
