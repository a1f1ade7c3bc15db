import type { SagaId } from '#libs/messaging';
import type { OutgoingMessage } from '../outgoing-message.js';
import type { PendingMessage } from '../pending-message.js';
import { WaitingLine } from './waiting-line.js';

/** What {@link HeldQueues} asks and tells. */
export interface HeldQueuesOptions {
  /** Somebody has paused it: it does not even ask for its limit. */
  readonly isPaused: (message: OutgoingMessage) => boolean;
  /** These may be sent now, in this order. */
  readonly release: (messages: readonly PendingMessage[]) => void;
  /** Never sent by this process: its lane has ended. */
  readonly forget: (message: PendingMessage) => void;
}

/**
 * A queue for each saga that is held, and which of them wait for which limit.
 *
 * The first of a queue always has a limit: what comes before one leaves.
 */
export class HeldQueues {
  private readonly queues = new Map<SagaId, readonly PendingMessage[]>();
  /** Sagas by the limit that the first of their queue waits for. */
  private readonly lines = new Map<string, WaitingLine>();
  /** Those that are in no line because of a pause. */
  private readonly paused = new Set<SagaId>();

  constructor(private readonly options: HeldQueuesOptions) {}

  get isEmpty(): boolean {
    return this.queues.size === 0;
  }

  /** Whether any of them wait for somebody to resume what is paused. */
  get hasPaused(): boolean {
    return this.paused.size > 0;
  }

  /** Whether what the saga sends has to queue here. */
  isHolding(saga: SagaId): boolean {
    return this.queues.has(saga);
  }

  /** Puts a message behind what its saga wants to send already, and answers what the first of that waits for. */
  push(message: PendingMessage): string | undefined {
    const { saga } = message.message;
    const queue = this.queues.get(saga);
    if (queue === undefined) return this.keep(saga, [message]);
    this.queues.set(saga, [...queue, message]);
    return queue[0]?.message.limit;
  }

  /** What stands first for its saga and waits for this limit, and what of the same stands right behind it. */
  first(limit: string, most: number): readonly PendingMessage[] {
    const wanted: PendingMessage[] = [];
    for (const saga of this.lines.get(limit)?.inOrder() ?? []) {
      if (wanted.length >= most) break;
      this.dropOrphans(saga);
      const queue = this.queues.get(saga) ?? [];
      const end = queue.findIndex(({ message }) => message.limit !== limit);
      const alike = end === -1 ? queue : queue.slice(0, end);
      if (alike.length > 0 && this.options.isPaused(alike[0]!.message)) this.setAside(saga, limit);
      else wanted.push(...alike);
    }
    return wanted.slice(0, most);
  }

  /** Lets these go, and what stands behind them, up to the next that is limited. Answers what their sagas wait for next. */
  take(granted: readonly PendingMessage[]): ReadonlySet<string> {
    const isGranted = new Set(granted);
    const limits = new Set<string>();
    for (const saga of new Set(granted.map(({ message }) => message.saga))) {
      const queue = this.queues.get(saga) ?? [];
      this.options.release(queue.filter((each) => isGranted.has(each)));
      const next = this.keep(
        saga,
        queue.filter((each) => !isGranted.has(each)),
      );
      if (next !== undefined) limits.add(next);
    }
    return limits;
  }

  /** Puts those back into their lines that no pause holds any more, and answers what they wait for. */
  resume(): ReadonlySet<string> {
    const limits = new Set<string>();
    for (const saga of this.paused) {
      const queue = this.queues.get(saga) ?? [];
      const [first] = queue;
      if (first !== undefined && first.batch.owner.isAlive && this.options.isPaused(first.message)) continue;
      const limit = this.keep(saga, queue);
      if (limit !== undefined) limits.add(limit);
    }
    return limits;
  }

  private setAside(saga: SagaId, limit: string): void {
    this.leave(saga, limit);
    this.paused.add(saga);
  }

  private dropOrphans(saga: SagaId): void {
    const queue = this.queues.get(saga) ?? [];
    const living = queue.filter(({ batch }) => batch.owner.isAlive);
    if (living.length === queue.length) return;
    for (const each of queue) if (!each.batch.owner.isAlive) this.options.forget(each);
    this.keep(saga, living);
  }

  /** Makes this the queue of a saga, without what need not wait, and answers what the first of the rest waits for. */
  private keep(saga: SagaId, queue: readonly PendingMessage[]): string | undefined {
    const before = this.queues.get(saga)?.[0]?.message.limit;
    const stop = queue.findIndex(({ message }) => message.limit !== undefined);
    const rest = stop === -1 ? [] : queue.slice(stop);
    if (rest.length < queue.length) this.options.release(stop === -1 ? queue : queue.slice(0, stop));
    const limit = rest[0]?.message.limit;
    this.paused.delete(saga);
    if (before !== undefined && before !== limit) this.leave(saga, before);
    if (limit === undefined) this.queues.delete(saga);
    else this.enter(saga, limit, rest);
    return limit;
  }

  private enter(saga: SagaId, limit: string, queue: readonly PendingMessage[]): void {
    this.queues.set(saga, queue);
    const line = this.lines.get(limit) ?? new WaitingLine();
    this.lines.set(limit, line);
    line.add(saga, rankOf(queue[0]!));
  }

  private leave(saga: SagaId, limit: string): void {
    const line = this.lines.get(limit);
    line?.delete(saga);
    if (line?.isEmpty === true) this.lines.delete(limit);
  }
}

/** What one point of priority counts for: so long a saga is taken to have waited already. */
const pointMs = 60_000;

/**
 * Whoever has waited longest goes first, and a priority is time waited in advance. It never changes while somebody
 * waits, so however many of a higher priority come, each of a lower one has its turn.
 */
function rankOf({ batch, message }: PendingMessage): number {
  return batch.at - (message.priority ?? 0) * pointMs;
}
