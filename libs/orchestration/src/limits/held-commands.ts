import type { CancelTimer, Clock, Log, SagaId } from '#libs/messaging';
import type { CommandLimit } from '#libs/saga';
import type { LaneStore } from '../lane-store.js';
import type { PendingMessage } from '../pending-message.js';
import { HeldQueues, type HeldQueuesOptions } from './held-queues.js';

/** What {@link HeldCommands} works with. */
export interface HeldCommandsOptions extends HeldQueuesOptions {
  readonly store: Pick<LaneStore, 'grant'>;
  readonly clock: Clock;
  readonly log: Log;
  /** The limit of this name, as long as there is one. */
  readonly limitNamed: (name: string) => CommandLimit | undefined;
}

/** How often others are asked whether they have left room, and how long an error is borne. */
const askAgainMs = 200;
const betweenAsksMs = 10;
const wantedMost = 500;
/** How often it is looked whether a pause is over. */
const lookForPausesMs = 500;

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
 * The commands of this process that wait for their limits, or because of a pause, and behind each what else its saga
 * wants to send.
 *
 * What waits is asked for in bulk, in the order in which it came, and nothing is asked for while nothing waits, or only
 * what is paused. It stands in the database as it stands here; when this process ends, the next holder of its lanes
 * holds it.
 */
export class HeldCommands {
  private readonly queues: HeldQueues;
  private readonly limits = new Map<string, Asking>();
  private cancelLook: CancelTimer | undefined;
  private running = true;

  constructor(private readonly options: HeldCommandsOptions) {
    this.queues = new HeldQueues(options);
  }

  /** Whether what the saga sends has to queue here. */
  isHolding(saga: SagaId): boolean {
    return this.queues.isHolding(saga);
  }

  /** Holds a limited command, or whatever comes behind one of its saga. */
  hold(message: PendingMessage): void {
    const limit = this.queues.push(message);
    if (limit !== undefined) this.ask(limit);
  }

  /** Something that counted against the limit has come back; `answers` says of each whether it failed. */
  heard(limit: string, answers: readonly boolean[]): void {
    const asking = this.asking(limit);
    const isBreaking = this.options.limitNamed(limit)?.breaker !== undefined;
    if (isBreaking) asking.answers.push(...answers);
    if (isBreaking || !asking.isTimed) asking.notBefore = 0;
    if (isBreaking || !this.queues.isEmpty) this.ask(limit);
  }

  stop(): void {
    this.running = false;
    this.cancelLook?.();
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
    if (asking.isUnderWay) return;
    const wanted = this.queues.first(name, wantedMost);
    this.lookForPauses();
    if (wanted.length + asking.answers.length === 0) return;
    const limit = this.options.limitNamed(name);
    if (limit === undefined) {
      this.release(wanted);
      return this.ask(name);
    }
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

  private release(granted: readonly PendingMessage[]): void {
    for (const next of this.queues.take(granted)) this.ask(next);
  }

  /** Pauses end by the clock or by somebody elsewhere: as long as any of them holds something, it is looked for that. */
  private lookForPauses(): void {
    if (!this.running || !this.queues.hasPaused || this.cancelLook !== undefined) return;
    this.cancelLook = this.options.clock.after(lookForPausesMs, () => {
      this.cancelLook = undefined;
      for (const limit of this.queues.resume()) this.ask(limit);
      this.lookForPauses();
    });
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
