import type { SagaId } from '#libs/messaging';
import { isFinal, type LiveSaga } from './live-saga.js';

/**
 * The live sagas a lane keeps in memory, as last committed. Bounded: the saga longest unchanged goes first.
 * Finished sagas are not kept; a late answer reads them again.
 */
export class SagaCache {
  private readonly sagas = new Map<SagaId, LiveSaga>();

  constructor(private readonly capacity: number) {}

  get(id: SagaId): LiveSaga | undefined {
    return this.sagas.get(id);
  }

  put(saga: LiveSaga): void {
    this.sagas.delete(saga.id);
    if (isFinal(saga.state.status)) return;
    this.sagas.set(saga.id, saga);
    if (this.sagas.size > this.capacity) this.sagas.delete(this.sagas.keys().next().value!);
  }

  drop(id: SagaId): void {
    this.sagas.delete(id);
  }

  clear(): void {
    this.sagas.clear();
  }
}
