import { homeOf, writeHomeRecord, type CancelTimer, type SagaId } from '#libs/messaging';
import { CircleFinder } from './circles/circle-finder.js';
import type { Coordination } from './coordination.js';
import type { HousekeepingStore } from './housekeeping-store.js';
import { ToggleSpreader } from './toggle-spreader.js';

/** How often the house is looked after, and how long things may lie about. */
export interface HousekeepingSettings {
  /** Default 5 s. */
  readonly everyMs: number;
  /** A wake-up this late has been missed by its lane. Default 1 minute: lanes put some off while a topic takes nothing. */
  readonly overdueMs: number;
  /** How long a finished saga stays live for late answers. Default 5 minutes. */
  readonly lingerMs: number;
  /** How long it is kept what happened to sagas. Default 90 days. */
  readonly keepHistoryMs: number;
  /** How long sagas that have ended are kept with what came of them. Default 365 days. */
  readonly keepArchiveMs: number;
}

/** The settings used where nothing else is said. */
export const defaultHousekeepingSettings: HousekeepingSettings = {
  everyMs: 5_000,
  overdueMs: 60_000,
  lingerMs: 5 * 60_000,
  keepHistoryMs: 90 * 24 * 3_600_000,
  keepArchiveMs: 365 * 24 * 3_600_000,
};

const rowsAtOnce = 500;
const archiveRoundsMax = 20;
const partitionEveryMs = 3_600_000;
const daysAhead = 14;

/**
 * Does, once for the whole installation, what no lane does: tells running sagas what was switched, wakes those whose
 * lane missed it, archives what has finished, drops desks that have expired, keeps partitions ahead of time and drops
 * old ones, and finds sagas that wait for each other.
 */
export class Housekeeper {
  private cancel: CancelTimer | undefined;
  private running = false;
  private working: Promise<void> = Promise.resolve();
  private partitionsAt = Number.NEGATIVE_INFINITY;
  private readonly toggles: ToggleSpreader;
  private readonly circles: CircleFinder;

  constructor(
    private readonly coordination: Coordination,
    private readonly store: HousekeepingStore,
    /** Whether a command of the saga is on its way to the broker: then its clock has not begun. */
    private readonly isSending: (saga: SagaId) => boolean,
    private readonly settings: HousekeepingSettings = defaultHousekeepingSettings,
  ) {
    this.toggles = new ToggleSpreader(coordination, store);
    this.circles = new CircleFinder(coordination, store);
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    this.schedule();
  }

  async stop(): Promise<void> {
    this.running = false;
    this.cancel?.();
    await this.working;
  }

  private schedule(): void {
    if (!this.running) return;
    this.cancel = this.coordination.clock.after(this.settings.everyMs, () => {
      this.working = this.round().then(() => this.schedule());
    });
  }

  private async round(): Promise<void> {
    try {
      await this.store.exclusively(() => this.tidy());
    } catch (error) {
      this.coordination.log.warn('housekeeping failed', { error: String(error) });
    }
  }

  private async tidy(): Promise<void> {
    await this.toggles.spread();
    await this.wakeOverdue();
    await this.archive();
    await this.keepPartitions();
    await this.circles.look();
  }

  private async wakeOverdue(): Promise<void> {
    const { clock, sink, installation, keyring, log } = this.coordination;
    const found = await this.store.overdue(clock.now() - this.settings.overdueMs, rowsAtOnce);
    const overdue = found.filter(({ saga }) => !this.isSending(saga));
    if (overdue.length === 0) return;
    log.warn('sagas were not woken in time', { count: overdue.length });
    await sink.publish(
      overdue.map(({ saga }) => ({
        topic: installation.homeTopic,
        part: homeOf(saga, installation.homePartitions),
        ...writeHomeRecord(keyring, { kind: 'due', saga }),
      })),
    );
  }

  private async archive(): Promise<void> {
    const before = this.coordination.clock.now() - this.settings.lingerMs;
    for (let round = 0; round < archiveRoundsMax && this.running; round += 1) {
      if ((await this.store.archive(before, rowsAtOnce)) < rowsAtOnce) break;
    }
    for (let round = 0; round < archiveRoundsMax && this.running; round += 1) {
      if ((await this.store.dropDesks(this.coordination.clock.now(), rowsAtOnce)) < rowsAtOnce) return;
    }
  }

  private async keepPartitions(): Promise<void> {
    const { clock } = this.coordination;
    if (clock.elapsed() - this.partitionsAt < partitionEveryMs) return;
    this.partitionsAt = clock.elapsed();
    await this.store.extendPartitions(clock.now(), daysAhead);
    const { keepHistoryMs, keepArchiveMs } = this.settings;
    const now = clock.now();
    await this.store.dropPartitions({ history: now - keepHistoryMs, archive: now - keepArchiveMs });
  }
}
