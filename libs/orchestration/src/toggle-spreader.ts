import { homeOf, writeHomeRecord, type SagaId } from '#libs/messaging';
import type { Coordination } from './coordination.js';
import type { SwitchedToggle } from './definition-store.js';
import type { HousekeepingStore } from './housekeeping-store.js';

const sagasAtOnce = 500;
/** A start that was pinned before everybody knew of the switching may be folded this much later. */
const settledAfterMs = 60_000;

/**
 * Tells running sagas that a toggle was switched.
 *
 * At least twice: at once, and again when no start can be under way any more that knows the former value. A saga that
 * knows already does not notice.
 */
export class ToggleSpreader {
  /** When each toggle was told of for the first time, by its name and the time it was switched. */
  private readonly told = new Set<string>();

  constructor(
    private readonly coordination: Coordination,
    private readonly store: HousekeepingStore,
  ) {}

  /** Tells whoever has to be told now. */
  async spread(): Promise<void> {
    for (const toggle of await this.store.newlySwitched()) {
      const isSettled = this.coordination.clock.now() - toggle.at >= settledAfterMs;
      const name = `${toggle.definition} ${toggle.toggle} ${toggle.at}`;
      if (this.told.has(name) && !isSettled) continue;
      if (!(await this.tell(toggle))) continue;
      this.told.add(name);
      if (!isSettled) continue;
      await this.store.heardOf(toggle);
      this.told.delete(name);
    }
  }

  /** False when not all of them could be told. */
  private async tell({ definition, toggle, on }: SwitchedToggle): Promise<boolean> {
    let last: SagaId | undefined;
    for (;;) {
      const sagas = await this.store.running(definition, last, sagasAtOnce);
      if (sagas.length === 0) return true;
      if (!(await this.send(sagas, toggle, on))) return false;
      last = sagas.at(-1);
    }
  }

  private async send(sagas: readonly SagaId[], toggle: string, on: boolean): Promise<boolean> {
    const { sink, installation, keyring } = this.coordination;
    const outcomes = await sink.publish(
      sagas.map((saga) => ({
        topic: installation.homeTopic,
        part: homeOf(saga, installation.homePartitions),
        ...writeHomeRecord(keyring, { kind: 'switched', saga, head: { toggle, on } }),
      })),
    );
    return outcomes.every(({ kind }) => kind === 'acknowledged');
  }
}
