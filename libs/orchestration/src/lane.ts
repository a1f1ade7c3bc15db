import type { Instant, Offset, RecordBatch, SagaId, TopicPartition } from '#libs/messaging';
import { nextDue, type CommandLimit } from '#libs/saga';
import { DeskCache } from './desks/desk-cache.js';
import { isWorthKeeping, type LiveDesk } from './desks/live-desk.js';
import type { Anchor, LanePosition } from './lane-store.js';
import type { LaneSettings } from './lane-settings.js';
import { LimitedCommands } from './limits/limited-commands.js';
import type { LimitedPlace } from './limits/limited-row.js';
import { isFinal, type LiveSaga } from './live-saga.js';
import type { BatchOwner } from './pending-message.js';
import { RecordQueue } from './record-queue.js';
import { SagaCache } from './saga-cache.js';
import type { LaneGauge } from './saga-metrics.js';
import { WakeQueue } from './wake-queue.js';

/** taking: being taken over; ready: folding; draining: folds nothing more; halted: waits for an operator; ended: somebody else's. */
export type LanePhase = 'taking' | 'ready' | 'draining' | 'halted' | 'ended';

/** Changes of owner without progress from which a lane folds one record at a time and says so before. */
const carefulAfter = 3;
/** How often a record may have ended the process that folded it before it is parked. */
const attemptsMax = 3;

/** How soon a saga whose command has not left is looked at again. */
export const lookAgainMs = 1_000;

/** What a commit of this lane was made of, told back to it once it is stored. */
export interface CommittedBatch {
  readonly next: Offset;
  readonly anchor: Anchor | undefined;
  readonly changed: ReadonlyMap<SagaId, LiveSaga>;
  readonly desks?: readonly LiveDesk[];
  readonly acknowledged: readonly number[];
}

/** By how much a command left late, and the timer that counts from then. */
interface Delay {
  readonly byMs: number;
  readonly due?: Instant;
}

/**
 * One home partition in the hands of this process: what waits to be folded, the sagas in memory, when they have to be
 * woken, and which outbox rows can go. It holds no logic of its own time; {@link import('./lanes.js').Lanes} drives it.
 */
export class Lane implements BatchOwner {
  phase: LanePhase = 'taking';
  readonly queue = new RecordQueue();
  readonly cache: SagaCache;
  readonly desks: DeskCache;
  readonly wakes = new WakeQueue();
  readonly limited = new LimitedCommands();
  isPaused = true;
  /** Where the next fetch has to begin; anything else is dropped and sought again. */
  expected: Offset | undefined;
  /** Until this offset is folded the database is behind what was done before it was rewound: timers wait. */
  recoverUntil: Offset | undefined;
  /** When wake times were last read from the store, on the monotonic clock. */
  wakesReadAt = Number.NEGATIVE_INFINITY;
  hintedAt = Number.NEGATIVE_INFINITY;
  hinted: Offset | undefined;
  /** The stored position has to be confirmed although nothing was folded, so that quiet takeovers are not counted. */
  mustConfirm = false;
  private end: Offset | undefined;
  private stored: LanePosition | undefined;
  private acked: number[] = [];
  private readonly unpublished = new Set<number>();
  private readonly delays = new Map<SagaId, Delay>();

  constructor(
    readonly at: TopicPartition,
    private readonly settings: LaneSettings,
    private readonly limitNamed: (name: string) => CommandLimit | undefined,
  ) {
    this.cache = new SagaCache(settings.cachedSagas);
    this.desks = new DeskCache(settings.cachedSagas);
  }

  /** The position last committed. */
  get position(): LanePosition {
    if (this.stored === undefined)
      throw new Error(`lane ${this.at.topic}/${this.at.part} is not taken over yet`);
    return this.stored;
  }

  get isAlive(): boolean {
    return this.phase !== 'ended';
  }

  /** Whether everything committed has been acknowledged by the broker. */
  get isPublished(): boolean {
    return this.unpublished.size === 0;
  }

  get acknowledgedRows(): readonly number[] {
    return this.acked;
  }

  /** How far the lane is behind, as of the last fetch. */
  get gauge(): LaneGauge {
    const { topic, part } = this.at;
    const next = this.stored?.nextOffset ?? this.end ?? 0;
    return { topic, part, queued: this.queue.length, lag: Math.max(0, (this.end ?? next) - next) };
  }

  /** How many records the next batch may hold. */
  get batchLimit(): number {
    return this.isCareful ? 1 : this.settings.batchRecords;
  }

  /** Owners came and went without folding anything: the next record may be what ends them. */
  get isCareful(): boolean {
    return this.position.takeovers >= carefulAfter;
  }

  /** The next record has ended its readers so often that it must not be read again. */
  get isSuspicious(): boolean {
    return this.isCareful && this.position.attempts >= attemptsMax;
  }

  /** Begins at a stored position. A lane begins once: after any doubt about a commit a new one takes its place. */
  begin(position: LanePosition): void {
    this.stored = position;
  }

  /** Queues a fetched batch; false when it does not follow what came before. */
  accept(batch: RecordBatch): boolean {
    if (batch.from !== this.expected) return false;
    this.queue.push(batch);
    this.expected = batch.next;
    this.end = batch.end;
    return true;
  }

  /** Takes the result of a commit into memory. */
  committed(batch: CommittedBatch): void {
    const { epoch, seq, topic, part } = this.position;
    const anchor = batch.anchor ?? this.position.anchor;
    const moved = { topic, part, epoch, seq: seq + 1, nextOffset: batch.next, takeovers: 0, attempts: 0 };
    this.stored = anchor === undefined ? moved : { ...moved, anchor };
    this.queue.dropBefore(batch.next);
    this.acked = this.acked.filter((row) => !batch.acknowledged.includes(row));
    if (this.recoverUntil !== undefined && batch.next >= this.recoverUntil) this.recoverUntil = undefined;
    for (const saga of batch.changed.values()) this.remember(saga);
    for (const desk of batch.desks ?? []) this.rememberDesk(desk);
  }

  /** A commit that folded nothing was stored. */
  settled(change: {
    readonly acknowledged?: readonly number[];
    readonly isConfirmed?: boolean;
    readonly isAttempt?: boolean;
  }): void {
    const { acknowledged = [], isConfirmed = false, isAttempt = false } = change;
    const { position } = this;
    const takeovers = isConfirmed ? 0 : position.takeovers;
    this.stored = {
      ...position,
      seq: position.seq + 1,
      takeovers,
      attempts: position.attempts + (isAttempt ? 1 : 0),
    };
    this.acked = this.acked.filter((row) => !acknowledged.includes(row));
    if (isConfirmed) this.mustConfirm = false;
  }

  /** Expects an acknowledgement of the outbox row `seq`. */
  publishing(seq: number): void {
    this.unpublished.add(seq);
  }

  acknowledged(seq: number): void {
    this.unpublished.delete(seq);
    this.acked.push(seq);
  }

  limitedSent(place: LimitedPlace): void {
    this.limited.acknowledged(place, this.limitNamed);
  }

  delayed(saga: SagaId, byMs: number): void {
    const wanted = this.wantedWake(saga);
    this.delays.set(saga, { byMs, ...(typeof wanted === 'number' && { due: wanted }) });
  }

  /** When a timer that a saga has at `due` really is due: later where the command that it is about left late. */
  reallyDue(saga: SagaId, due: Instant): Instant {
    const delay = this.delays.get(saga);
    if (delay === undefined) return due;
    // It is about the first timer that was still to come when the command left; later ones began with what came then.
    if ((delay.due ?? due) !== due) this.delays.delete(saga);
    else this.delays.set(saga, { ...delay, due });
    return this.delays.has(saga) ? due + delay.byMs : due;
  }

  /**
   * Whether a saga is not to hear that its timer is `due`: a command of it has not left yet, or left late. Whoever said
   * that it is time has done its part, and would say so again only after long: it is looked at soon.
   */
  sleepsOn(saga: SagaId, due: Instant, now: Instant, isWaiting: boolean): boolean {
    if (!isWaiting && this.reallyDue(saga, due) <= now) return false;
    this.wakes.set(saga, now + lookAgainMs);
    return true;
  }

  /** When a saga or desk really wants to be woken, as far as memory knows: `never` when it has ended, `undefined` when it is not in memory. */
  wantedWake(saga: SagaId): Instant | 'never' | undefined {
    const live = this.cache.get(saga);
    return live === undefined ? this.desks.wantedWake(saga) : (nextDue(live.state) ?? 'never');
  }

  private rememberDesk(desk: LiveDesk): void {
    this.desks.put(desk);
    if (!isWorthKeeping(desk) || desk.wakeAt === undefined) this.wakes.remove(desk.id);
    else this.wakes.set(desk.id, desk.wakeAt);
  }

  private remember(saga: LiveSaga): void {
    this.cache.put(saga);
    if (isFinal(saga.state.status)) this.delays.delete(saga.id);
    if (isFinal(saga.state.status) || saga.wakeAt === undefined) this.wakes.remove(saga.id);
    else this.wakes.set(saga.id, saga.wakeAt);
  }
}
