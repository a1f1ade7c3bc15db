import type { SagaId } from '#libs/messaging';
import type { OperatorStore, SagaSummary } from '../operator-store.js';

/** How many are looked at to find those that are wanted. */
const mostLooked = 5_000;
const pageSize = 500;

/** Which sagas to find. */
export interface NewestEndedFilter {
  readonly definition: string;
  /** Those behind the first one that this says no to are not looked at. */
  readonly isNewEnough?: (saga: SagaSummary) => boolean;
  readonly isWanted?: (saga: SagaSummary & { readonly finishedAt: number }) => boolean;
}

/** The newest sagas that have ended: one more than `most`, if there are as many. */
export async function newestEnded(
  store: Pick<OperatorStore, 'list'>,
  { definition, isNewEnough = () => true, isWanted = () => true }: NewestEndedFilter,
  most: number,
): Promise<readonly SagaSummary[]> {
  const found: SagaSummary[] = [];
  let before: SagaId | undefined;
  for (let looked = 0; looked < mostLooked && found.length <= most; looked += pageSize) {
    const page = await store.list({ definition, limit: pageSize, ...(before !== undefined && { before }) });
    const young = page.filter(isNewEnough);
    found.push(...young.filter((saga) => hasEnded(saga) && isWanted(saga)));
    before = page.at(-1)?.id;
    if (page.length < pageSize || young.length < page.length) break;
  }
  return found;
}

function hasEnded(saga: SagaSummary): saga is SagaSummary & { readonly finishedAt: number } {
  return saga.finishedAt !== undefined;
}
