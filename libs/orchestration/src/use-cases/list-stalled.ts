import type { Clock } from '#libs/messaging';
import type { SagaTarget } from '#libs/saga';
import type { StoredInstance } from '../lane-store.js';
import type { LoadedDefinitions } from '../loaded-definitions.js';
import type { OperatorStore } from '../operator-store.js';
import { assertPublished } from './assert-published.js';
import type { GetSaga } from './get-saga.js';
import type { SagaView } from './saga-view.js';
import type { Stall } from './stall.js';

/** A saga that stands still. */
export interface StalledSaga extends Pick<SagaView, 'id' | 'definition' | 'businessKey' | 'status'> {
  readonly stalled: Stall;
}

/** Sagas that stand still, the one that has done so for longest first. */
export interface StalledPage {
  readonly sagas: readonly StalledSaga[];
  /** There are more sagas that take long than were looked at. */
  readonly more: boolean;
}

/** How many sagas are read with their history. */
const mostRead = 200;
const mostLooked = 5_000;

/** Finds sagas that have not come nearer to their end for longer than the target of their definition. */
export class ListStalled {
  constructor(
    private readonly store: Pick<OperatorStore, 'live'>,
    private readonly definitions: LoadedDefinitions,
    private readonly sagas: Pick<GetSaga, 'get'>,
    private readonly clock: Clock,
  ) {}

  /** Of one definition, or of all that have a target. @throws RequestError when there is no such definition. */
  async list(definition?: string): Promise<StalledPage> {
    if (definition !== undefined) await assertPublished(definition, this.definitions);
    const targets = this.definitions
      .targets()
      .filter((target) => definition === undefined || target.definition === definition);
    const slow: StoredInstance[] = [];
    for (const target of targets) slow.push(...(await this.slow(target)));
    const views = [];
    for (const { id } of slow.slice(0, mostRead)) views.push(await this.sagas.get(id));
    const stalled = views.flatMap((view) =>
      view.stalled === undefined ? [] : [stalledSaga(view, view.stalled)],
    );
    return {
      sagas: stalled.toSorted((one, other) => one.stalled.since - other.stalled.since),
      more: slow.length > mostRead,
    };
  }

  /** Ids grow with time, so those that began first come first. */
  private async slow({ definition, withinMs }: SagaTarget & { readonly definition: string }) {
    const before = this.clock.now() - withinMs;
    const found: StoredInstance[] = [];
    for (let looked = 0; looked < mostLooked;) {
      const page = await this.store.live(definition, found.at(-1)?.id);
      looked += page.length;
      const slow = page.filter(({ startedAt }) => startedAt < before);
      found.push(...slow);
      if (slow.length < page.length || page.length === 0 || found.length > mostRead) break;
    }
    return found;
  }
}

function stalledSaga({ id, definition, businessKey, status }: SagaView, stalled: Stall): StalledSaga {
  return { id, definition, businessKey, status, stalled };
}
