import type { CancelTimer, Clock, Log, SagaId } from '#libs/messaging';
import type { CommandLimit } from '#libs/saga';
import type { LaneStore } from '../lane-store.js';
import type { PendingMessage } from '../pending-message.js';

/** What {@link HeldCommands} works with. */
export interface HeldCommandsOptions {
  readonly store: Pick<LaneStore, 'grant'>;
  readonly clock: Clock;
  readonly log: Log;
  /** The limit of this name, as long as there is one. */
  readonly limitNamed: (name: string) => CommandLimit | undefined;
  /** These may be sent now, in this order. */
  readonly release: (messages: readonly PendingMessage[]) => void;
  /** Never sent by this process: its lane has ended. */
  readonly forget: (message: PendingMessage) => void;
}

/** How often others are asked whether they have left room, and how long an error is borne. */
const askAgainMs = 200;
const betweenAsksMs = 10;
const wantedMost = 500;

interface Asking {
  isUnderWay: boolean;
  cancel: CancelTimer | undefined;
  /** On the monotonic clock: nothing is to be expected before. */
  notBefore: number;
  /** Only time helps, not that somebody answers. */
  isTimed: boolean;
  answers: boolean[];
}

/**
 * The commands of this process that wait for their limits, and behind each what else its saga wants to send.
 *
 * What waits is asked for in bulk, in the order in which it came, and nothing is asked for while nothing waits. It
 * stands in the database as it stands here; when this process ends, the next holder of its lanes holds it.
 */
export class HeldCommands {
  private readonly queues = new Map<SagaId, PendingMessage[]>();
  private readonly limits = new Map<string, Asking>();
  private running = true;

  constructor(private readonly options: HeldCommandsOptions) {}

  /** Whether what the saga sends has to queue here. */
  isHolding(saga: SagaId): boolean {
    return this.queues.has(saga);
  }

  /** Holds a limited command, or whatever comes behind one of its saga. */
  hold(message: PendingMessage): void {
    const { saga, limit } = message.message;
    const queue = this.queues.get(saga);
    if (queue !== undefined) queue.push(message);
    else this.queues.set(saga, [message]);
    if (limit !== undefined) this.ask(limit);
  }

  /** Something that counted against the limit has come back; `answers` says of each whether it failed. */
  heard(limit: string, answers: readonly boolean[]): void {
    const asking = this.asking(limit);
    const isBreaking = this.options.limitNamed(limit)?.breaker !== undefined;
    if (isBreaking) asking.answers.push(...answers);
    if (isBreaking || !asking.isTimed) asking.notBefore = 0;
    if (isBreaking || this.queues.size > 0) this.ask(limit);
  }

  stop(): void {
    this.running = false;
    for (const { cancel } of this.limits.values()) cancel?.();
  }

  private asking(limit: string): Asking {
    const known = this.limits.get(limit);
    if (known !== undefined) return known;
    const asking: Asking = {
      isUnderWay: false,
      cancel: undefined,
      notBefore: 0,
      isTimed: false,
      answers: [],
    };
    this.limits.set(limit, asking);
    return asking;
  }

  /** Asks soon: what is to be asked for in the next moment goes together. */
  private ask(limit: string): void {
    const asking = this.asking(limit);
    if (!this.running || asking.isUnderWay) return;
    const { clock } = this.options;
    asking.cancel?.();
    const inMs = Math.max(0, asking.notBefore - clock.elapsed());
    asking.cancel = clock.after(inMs, () => void this.askNow(limit, asking));
  }

  /** Nothing more is asked for this long, but for a good reason. */
  private rest(limit: string, asking: Asking, ms: number, isTimed: boolean): void {
    asking.isUnderWay = false;
    asking.isTimed = isTimed;
    asking.notBefore = this.options.clock.elapsed() + ms;
    this.ask(limit);
  }

  private async askNow(name: string, asking: Asking): Promise<void> {
    const wanted = this.wanted(name);
    if (asking.isUnderWay || wanted.length + asking.answers.length === 0) return;
    const limit = this.options.limitNamed(name);
    if (limit === undefined) return this.release(wanted);
    const answers = asking.answers.splice(0);
    asking.isUnderWay = true;
    try {
      const { store } = this.options;
      const request = { limit: name, limits: limit, wanted: wanted.map(placeOf), answers };
      const { count, againMs } = await store.grant(request);
      this.release(wanted.slice(0, count));
      if (count === wanted.length) this.rest(name, asking, betweenAsksMs, false);
      else this.rest(name, asking, restAfter(againMs), againMs !== undefined);
    } catch (error) {
      this.options.log.warn('a limit could not be asked for', { limit: name, error: String(error) });
      asking.answers.unshift(...answers);
      this.rest(name, asking, askAgainMs, false);
    }
  }

  /** What stands first for its saga and waits for this limit, and what of the same stands right behind it. */
  private wanted(limit: string): readonly PendingMessage[] {
    const wanted: PendingMessage[] = [];
    for (const [saga, queue] of this.queues) {
      if (wanted.length >= wantedMost) break;
      this.dropOrphans(saga, queue);
      for (const message of queue) {
        if (message.message.limit !== limit) break;
        wanted.push(message);
      }
    }
    return wanted.slice(0, wantedMost);
  }

  private dropOrphans(saga: SagaId, queue: PendingMessage[]): void {
    const orphans = queue.filter(({ batch }) => !batch.owner.isAlive);
    if (orphans.length === 0) return;
    for (const orphan of orphans) this.options.forget(orphan);
    this.keep(
      saga,
      queue.filter(({ batch }) => batch.owner.isAlive),
    );
  }

  private keep(saga: SagaId, queue: PendingMessage[]): void {
    if (queue.length === 0) this.queues.delete(saga);
    else this.queues.set(saga, queue);
  }

  /** Lets these go, and what stood behind them, up to the next that is limited. */
  private release(granted: readonly PendingMessage[]): void {
    if (granted.length === 0) return;
    const released: PendingMessage[] = [];
    const isGranted = new Set(granted);
    for (const saga of new Set(granted.map(({ message }) => message.saga))) {
      const queue = this.queues.get(saga) ?? [];
      const stop = queue.findIndex((each) => each.message.limit !== undefined && !isGranted.has(each));
      const rest = stop === -1 ? [] : queue.slice(stop);
      released.push(...(stop === -1 ? queue : queue.slice(0, stop)));
      this.keep(saga, rest);
      const next = rest[0]?.message.limit;
      if (next !== undefined) this.ask(next);
    }
    this.options.release(released);
  }
}

/** Limits may be published anew meanwhile. */
function restAfter(againMs = askAgainMs): number {
  return Math.min(5_000, Math.max(betweenAsksMs, againMs));
}

function placeOf({ batch, message }: PendingMessage): Parameters<LaneStore['grant']>[0]['wanted'][number] {
  const { topic, part } = batch.owner.at;
  return { topic, part, seq: batch.seq, n: message.n! };
}
