import { homeOf, writeHomeRecord, type Json, type SagaId } from '#libs/messaging';
import type { Coordination } from '../coordination.js';
import type { HousekeepingStore } from '../housekeeping-store.js';
import type { StoredInstance } from '../lane-store.js';
import { readSaga } from '../read-saga.js';
import type { Circle } from './circle.js';
import { circlesAmong } from './circles-among.js';
import { circularGroups, type CircularGroup } from './circular-definitions.js';
import { waiterOf, type Waiter } from './waiter.js';

const everyMs = 15_000;
/** A saga that began to wait just now may be helped by what is on its way. */
const settledMs = 5_000;
const rowsAtOnce = 500;
const sagasMax = 10_000;

/**
 * Finds sagas that wait for each other, and lets each of them know.
 *
 * Looks only at definitions that can come to that. All running sagas of these are looked at together; where they are
 * too many nobody is told anything, because one that was not looked at might be the one that helps.
 */
export class CircleFinder {
  private lookedAt = Number.NEGATIVE_INFINITY;
  private told: ReadonlySet<string> = new Set();

  constructor(
    private readonly coordination: Coordination,
    private readonly store: HousekeepingStore,
  ) {}

  /** Looks, unless that was done just now. */
  async look(): Promise<void> {
    const now = this.coordination.clock.now();
    if (now - this.lookedAt < everyMs) return;
    this.lookedAt = now;
    const found: string[] = [];
    for (const group of circularGroups(this.coordination.definitions.versions()))
      for (const circle of await this.circlesOf(group)) {
        if (this.told.has(circle.id) || (await this.tell(circle))) found.push(circle.id);
      }
    this.told = new Set(found);
  }

  private async circlesOf({ definitions }: CircularGroup): Promise<readonly Circle[]> {
    const waiters: Waiter[] = [];
    for (const definition of definitions) {
      for await (const rows of this.running(definition))
        waiters.push(...rows.flatMap((row) => this.waiter(row) ?? []));
      if (waiters.length <= sagasMax) continue;
      this.coordination.log.warn('too many sagas run to say which of them wait for each other', {
        definitions: definitions.join(', '),
        most: sagasMax,
      });
      return [];
    }
    const settled = this.coordination.clock.now() - settledMs;
    return circlesAmong(waiters).filter(({ links }) => links.every(({ since }) => since <= settled));
  }

  private async *running(definition: string): AsyncGenerator<readonly StoredInstance[]> {
    let last: SagaId | undefined;
    for (;;) {
      const sagas = await this.store.running(definition, last, rowsAtOnce);
      if (sagas.length === 0) return;
      yield await this.coordination.store.loadInstances(sagas);
      last = sagas.at(-1);
    }
  }

  private waiter(row: StoredInstance): Waiter | undefined {
    const { definitions } = this.coordination;
    return waiterOf(readSaga(row, definitions), definitions);
  }

  private async tell({ id: circle, ...found }: Circle): Promise<boolean> {
    const { sink, installation, keyring } = this.coordination;
    const outcomes = await sink.publish(
      found.links.map(({ saga, id }) => ({
        topic: installation.homeTopic,
        part: homeOf(saga, installation.homePartitions),
        ...writeHomeRecord(keyring, {
          kind: 'circle',
          saga,
          head: { circle, id },
          data: found as unknown as Json,
        }),
      })),
    );
    return outcomes.every(({ kind }) => kind === 'acknowledged');
  }
}
