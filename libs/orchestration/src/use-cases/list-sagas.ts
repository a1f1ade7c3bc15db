import { isSagaId, type SagaId } from '#libs/messaging';
import type { OperatorStore, SagaFilter, SagaSummary } from '../operator-store.js';
import { assertPublished, type PublishedDefinitions } from './assert-published.js';
import { RequestError } from './request-error.js';
import { wholeNumber } from './whole-number.js';

/** One line of a list, with who answers for its definition. */
export interface ListedSaga extends SagaSummary {
  readonly owner?: string;
}

/** Which sagas to list. */
export interface ListFilter extends Omit<SagaFilter, 'definitions'> {
  /** Only those of definitions that this one answers for. */
  readonly owner?: string;
}

/** A page of sagas, newest first. */
export interface SagaPage {
  readonly sagas: readonly ListedSaga[];
  /** `before` of the next page; absent on the last one. */
  readonly next?: SagaId;
}

const defaultLimit = 50;
const largestLimit = 500;

/** Lists sagas, whatever team owns them: by definition, owner, status, business key or open incident. */
export class ListSagas {
  constructor(
    private readonly store: Pick<OperatorStore, 'list'>,
    private readonly definitions: PublishedDefinitions,
  ) {}

  /** @throws RequestError when the filter makes no sense, or there is no such definition. */
  async list({ owner, ...filter }: ListFilter): Promise<SagaPage> {
    const limit = wholeNumber('limit', filter.limit ?? defaultLimit, largestLimit);
    if (filter.before !== undefined && !isSagaId(filter.before)) {
      throw new RequestError(
        'INVALID_REQUEST',
        'before has to be a saga id, as given in "next" of the page before',
      );
    }
    const owned = owner === undefined ? {} : { definitions: this.ownedBy(owner) };
    // One more than asked for tells whether there is a page behind this one.
    const found = await this.store.list({
      ...filter,
      ...owned,
      limit: Math.min(limit + 1, largestLimit),
    });
    if (found.length === 0 && filter.definition !== undefined)
      await assertPublished(filter.definition, this.definitions);
    const sagas = found.slice(0, limit).map((saga) => this.withOwner(saga));
    const last = sagas.at(-1);
    const isLast = found.length < limit || (found.length === limit && limit < largestLimit);
    return isLast || last === undefined ? { sagas } : { sagas, next: last.id };
  }

  private withOwner(saga: SagaSummary): ListedSaga {
    const owner = this.definitions.current(saga.definition)?.owner;
    return owner === undefined ? saga : { ...saga, owner };
  }

  private ownedBy(owner: string): readonly string[] {
    const all = this.definitions.all();
    const owned = all.filter((program) => program.owner === owner).map(({ definition }) => definition);
    if (owned.length > 0) return owned;
    const owners = [...new Set(all.flatMap((program) => program.owner ?? []))].toSorted();
    const known = owners.length === 0 ? 'none has an owner' : `owners are ${owners.join(', ')}`;
    throw new RequestError('INVALID_REQUEST', `no definition is owned by "${owner}"; ${known}`);
  }
}
