import {
  homeOf,
  writeHomeRecord,
  type CancelTimer,
  type Instant,
  type OutgoingRecord,
  type SagaId,
} from '#libs/messaging';
import type { Coordination } from './coordination.js';
import { lookAgainMs, type Lane } from './lane.js';
import type { Publisher } from './publisher.js';

/** The clock is looked at this often at most, and at least; a timer is no later than the second. */
const tickMs = { least: 10, most: 200 };
/** Wake times are read this far ahead, and read again well before they run out. */
const windowMs = 60_000;
const rereadMs = 20_000;
const windowRows = 5_000;
/** A wake-up that was appended and has had no effect by then is appended again. */
const againMs = 30_000;
const dueAtOnce = 1_000;

/**
 * Appends "time has come" for sagas to their home partitions.
 *
 * The record goes behind the replies that are already there, so a timer never overtakes an answer; and it only says
 * that it is time: which timers are due is decided by the fold, from the saga's own state.
 */
export class Waker {
  private cancel: CancelTimer | undefined;
  private running = false;

  constructor(
    private readonly coordination: Coordination,
    private readonly publisher: Publisher,
    private readonly lanes: () => Iterable<Lane>,
  ) {}

  start(): void {
    if (this.running) return;
    this.running = true;
    this.schedule();
  }

  stop(): void {
    this.running = false;
    this.cancel?.();
  }

  private schedule(): void {
    if (!this.running) return;
    this.cancel = this.coordination.clock.after(this.untilNext(), () => {
      void this.tick()
        .catch((error: unknown) => this.coordination.log.warn('wake-ups failed', { error: String(error) }))
        .then(() => this.schedule());
    });
  }

  private untilNext(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const lane of this.lanes()) next = Math.min(next, lane.wakes.earliest ?? next);
    return Math.min(tickMs.most, Math.max(tickMs.least, next - this.coordination.clock.now()));
  }

  private async tick(): Promise<void> {
    for (const lane of this.lanes()) {
      // A lane behind its own past waits: what is due now may have been answered in the records still to come.
      if (lane.phase !== 'ready' || lane.recoverUntil !== undefined) continue;
      await this.readAhead(lane);
      await this.wake(lane, this.dueSagas(lane));
    }
  }

  private async readAhead(lane: Lane): Promise<void> {
    const { clock, store } = this.coordination;
    if (clock.elapsed() - lane.wakesReadAt < rereadMs) return;
    lane.wakesReadAt = clock.elapsed();
    const wakes = await store.wakes(lane.at.part, clock.now() + windowMs, windowRows);
    for (const { saga, at } of wakes) lane.wakes.setIfAbsent(saga, at);
  }

  private dueSagas(lane: Lane): readonly SagaId[] {
    const now = this.coordination.clock.now();
    return lane.wakes.takeDue(now, dueAtOnce).filter((saga) => {
      const later = this.laterWake(lane, saga, now);
      if (typeof later === 'number') lane.wakes.set(saga, later);
      return later === undefined;
    });
  }

  /** A better time to wake the saga than now, if there is one. */
  private laterWake(lane: Lane, saga: SagaId, now: Instant): Instant | 'never' | undefined {
    const wanted = lane.wantedWake(saga);
    if (wanted === 'never' || (wanted !== undefined && wanted > now)) return wanted;
    // Time counts from when a command has reached the broker, not from when it was committed.
    if (this.publisher.isWaiting(saga)) return now + lookAgainMs;
    const later = lane.reallyDue(saga, wanted ?? now);
    return later > now ? later : undefined;
  }

  private async wake(lane: Lane, sagas: readonly SagaId[]): Promise<void> {
    if (sagas.length === 0) return;
    const { clock, sink } = this.coordination;
    const outcomes = await sink.publish(sagas.map((saga) => this.dueRecord(saga)));
    const now = clock.now();
    for (const [index, saga] of sagas.entries()) {
      lane.wakes.setIfAbsent(saga, now + (outcomes[index]?.kind === 'acknowledged' ? againMs : 1_000));
    }
  }

  private dueRecord(saga: SagaId): OutgoingRecord {
    const { installation, keyring } = this.coordination;
    const part = homeOf(saga, installation.homePartitions);
    return { topic: installation.homeTopic, part, ...writeHomeRecord(keyring, { kind: 'due', saga }) };
  }
}
