import {
  commandPartition,
  eventPartition,
  homeOf,
  SagaError,
  waitFor,
  writeHomeRecord,
  type Clock,
  type CommandSink,
  type Keyring,
  type Log,
  type OutgoingRecord,
  type PublishOutcome,
  type SagaId,
} from '#libs/messaging';
import type { Installation } from './installation-store.js';
import type { LaneStore } from './lane-store.js';
import { HeldCommands } from './limits/held-commands.js';
import type { LoadedDefinitions } from './loaded-definitions.js';
import type { OutgoingBatch, OutgoingMessage } from './outgoing-message.js';
import { sentCommand } from './pauses/pauses.js';
import type { BatchOwner, PendingBatch, PendingMessage as Pending } from './pending-message.js';

/** What a publisher works with. */
export interface PublisherOptions {
  readonly sink: CommandSink;
  readonly clock: Clock;
  readonly log: Log;
  readonly keyring: Keyring;
  readonly installation: Installation;
  readonly store: Pick<LaneStore, 'grant'>;
  readonly definitions: Pick<LoadedDefinitions, 'limitNamed' | 'pauseOn'>;
}

const roundRecords = 2_000;
const roundBytes = 4_000_000;
const topicPauseMs = 500;
/** Below this a delay is ordinary transport and no reason to move a timer. */
const noticeableDelayMs = 1_000;

/**
 * Publishes what lanes have committed: one for a process, merging the batches of all its lanes.
 *
 * Order is kept per saga: a message waits for every earlier one of its saga, and for no other. A topic that fails is
 * tried again after a pause; one that refuses a message for good makes the saga hear of it through its home partition.
 * A command that a limit holds back stands aside with what its saga says after it, and does not count as backlog.
 */
export class Publisher {
  private pending: Pending[] = [];
  private readonly waiting = new Map<SagaId, number>();
  private readonly pausedTopics = new Map<string, number>();
  private loop: Promise<void> | undefined;
  private wake: (() => void) | undefined;
  private running = false;
  private readonly held: HeldCommands;

  constructor(private readonly options: PublisherOptions) {
    const { store, clock, log, definitions } = options;
    this.held = new HeldCommands({
      store,
      clock,
      log,
      limitNamed: (name) => definitions.limitNamed(name),
      isPaused: (message) => definitions.pauseOn(sentCommand(message)) !== undefined,
      release: (messages) => {
        this.pending.push(...messages);
        this.wake?.();
      },
      forget: ({ message }) => this.forget(message.saga),
    });
  }

  start(): void {
    if (this.running) return;
    this.running = true;
    this.loop = this.run();
  }

  /** Stops after the round under way. What is unsent stays in the outbox. */
  async stop(): Promise<void> {
    this.running = false;
    this.held.stop();
    this.wake?.();
    await this.loop;
  }

  /** Messages not yet acknowledged, but for those that wait for a limit. */
  get backlog(): number {
    return this.pending.length;
  }

  /** How long the oldest of them has been committed, in milliseconds. */
  get oldestMs(): number {
    const first = this.pending[0];
    return first === undefined ? 0 : Math.max(0, this.options.clock.now() - first.batch.at);
  }

  /** Whether a message of the saga is not acknowledged yet. */
  isWaiting(saga: SagaId): boolean {
    return this.waiting.has(saga);
  }

  /** Queues a committed batch. An empty one is acknowledged at once. */
  add(owner: BatchOwner, seq: number, batch: OutgoingBatch): void {
    const limited = batch.messages.filter(({ limit }) => limit !== undefined).length;
    const pendingBatch: PendingBatch = { owner, seq, at: batch.at, left: batch.messages.length - limited };
    if (batch.messages.length === 0) owner.acknowledged(seq);
    for (const message of batch.messages) {
      this.waiting.set(message.saga, (this.waiting.get(message.saga) ?? 0) + 1);
      const pending = { message, batch: pendingBatch };
      if (message.limit !== undefined || this.held.isHolding(message.saga)) this.held.hold(pending);
      else this.pending.push(pending);
    }
    this.wake?.();
  }

  /** Commands that counted against a limit have come back; `answers` says of each whether it failed. */
  heard(limit: string, answers: readonly boolean[]): void {
    this.held.heard(limit, answers);
  }

  private async run(): Promise<void> {
    while (this.running) {
      const round = this.takeRound();
      if (round.length === 0) {
        await this.idle();
        continue;
      }
      try {
        await this.send(round);
      } catch (error) {
        this.options.log.error('publishing failed', { error: String(error) });
        this.giveBack(round);
        await waitFor(this.options.clock, topicPauseMs);
      }
    }
  }

  /** Waits for something to be added, or for a paused topic to be tried again. */
  private idle(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.pending.length > 0 ? this.options.clock.after(topicPauseMs, resolve) : undefined;
      this.wake = () => {
        cancel?.();
        resolve();
      };
    });
  }

  /** Takes the messages that may go now out of the queue; the others stay in order. */
  private takeRound(): readonly Pending[] {
    const round: Pending[] = [];
    const kept: Pending[] = [];
    const blocked = new Map<SagaId, PendingBatch | undefined>();
    let bytes = 0;
    for (const entry of this.pending) {
      const { saga, topic, value } = entry.message;
      if (!entry.batch.owner.isAlive) {
        this.forget(saga);
      } else if (this.mustWait(blocked, entry) || round.length >= roundRecords || bytes >= roundBytes) {
        blocked.set(saga, undefined);
        kept.push(entry);
      } else {
        blocked.set(saga, entry.batch);
        round.push(entry);
        bytes += (value?.length ?? 0) + topic.length;
      }
    }
    this.pending = kept;
    return round;
  }

  /** One commit's messages of a saga may travel together; those of a later commit wait until they have arrived. */
  private mustWait(blocked: ReadonlyMap<SagaId, PendingBatch | undefined>, entry: Pending): boolean {
    const { saga, topic } = entry.message;
    if (blocked.has(saga) && blocked.get(saga) !== entry.batch) return true;
    const until = this.pausedTopics.get(topic);
    if (until === undefined) return false;
    if (until > this.options.clock.elapsed()) return true;
    this.pausedTopics.delete(topic);
    return false;
  }

  private async send(round: readonly Pending[]): Promise<void> {
    const records: OutgoingRecord[] = [];
    const sent: Pending[] = [];
    const unplaced: { readonly entry: Pending; readonly outcome: PublishOutcome }[] = [];
    for (const entry of round) {
      const placed = this.place(entry.message) ?? (await this.placeAfterLookup(entry.message));
      if ('kind' in placed) unplaced.push({ entry, outcome: placed });
      else {
        records.push(placed);
        sent.push(entry);
      }
    }
    const outcomes = records.length === 0 ? [] : await this.options.sink.publish(records);
    const unsent: Pending[] = [];
    for (const [index, entry] of sent.entries()) this.conclude(entry, outcomes[index]!, unsent);
    for (const { entry, outcome } of unplaced) this.conclude(entry, outcome, unsent);
    if (unsent.length > 0) this.giveBack(unsent);
  }

  private place(message: OutgoingMessage): OutgoingRecord | undefined {
    const { topic, key, value, headers } = message;
    if (message.part !== undefined) return { topic, part: message.part, key, value, headers };
    const partitions = this.options.sink.knownPartitions(topic);
    return partitions === undefined
      ? undefined
      : { topic, part: partOf(message, partitions), key, value, headers };
  }

  /** A topic that is missing or not for us refuses its own messages; it keeps no others back. */
  private async placeAfterLookup(message: OutgoingMessage): Promise<OutgoingRecord | PublishOutcome> {
    const { topic, key, value, headers } = message;
    let partitions: number | undefined;
    try {
      partitions = await this.options.sink.partitions(topic);
    } catch (error) {
      if (!(error instanceof SagaError) || error.retryable) throw error;
      return { kind: 'refused', code: 'not-authorised', reason: error.message };
    }
    if (partitions === undefined) return noSuchTopic(topic);
    return { topic, part: partOf(message, partitions), key, value, headers };
  }

  private conclude(entry: Pending, outcome: PublishOutcome, unsent: Pending[]): void {
    switch (outcome.kind) {
      case 'acknowledged':
        return this.settle(entry);
      case 'unsent':
        this.pausedTopics.set(entry.message.topic, this.options.clock.elapsed() + topicPauseMs);
        this.options.log.warn('topic did not take a message; it is tried again', {
          topic: entry.message.topic,
          saga: entry.message.saga,
          reason: outcome.reason,
        });
        unsent.push(entry);
        return;
      case 'refused':
        return this.report(entry, `${outcome.code}: ${outcome.reason}`);
    }
  }

  private settle(entry: Pending): void {
    const { batch, message } = entry;
    this.forget(message.saga);
    const lateBy = this.options.clock.now() - batch.at;
    if (message.command !== undefined && lateBy > noticeableDelayMs)
      batch.owner.delayed(message.saga, lateBy);
    if (message.limit !== undefined) return batch.owner.limitedSent({ seq: batch.seq, n: message.n! });
    batch.left -= 1;
    if (batch.left === 0 && batch.owner.isAlive) batch.owner.acknowledged(batch.seq);
  }

  /** Puts a notice in the place of a message that can never be sent; the batch is done when the notice is. */
  private report(entry: Pending, reason: string): void {
    const { message, batch } = entry;
    const { installation, keyring, log } = this.options;
    log.error('the broker refuses a message for good', { topic: message.topic, saga: message.saga, reason });
    if (message.command === undefined && message.topic === installation.homeTopic) return this.settle(entry);
    const { operation, attempt } = message.command ?? { operation: `tell:${message.topic}`, attempt: 1 };
    const notice = writeHomeRecord(keyring, {
      kind: 'not-sent',
      saga: message.saga,
      operation,
      attempt,
      reason,
    });
    const part = homeOf(message.saga, installation.homePartitions);
    const { saga, n, limit } = message;
    const inItsPlace = limit === undefined || n === undefined ? {} : { n, limit };
    this.pending.unshift({
      batch,
      message: { saga, topic: installation.homeTopic, part, ...notice, ...inItsPlace },
    });
  }

  private giveBack(entries: readonly Pending[]): void {
    this.pending = [...entries, ...this.pending];
  }

  private forget(saga: SagaId): void {
    const left = (this.waiting.get(saga) ?? 1) - 1;
    if (left === 0) this.waiting.delete(saga);
    else this.waiting.set(saga, left);
  }
}

function partOf(message: OutgoingMessage, partitions: number): number {
  return message.command === undefined
    ? eventPartition(message.key, partitions)
    : commandPartition(message.saga, partitions);
}

function noSuchTopic(topic: string): PublishOutcome {
  return { kind: 'refused', code: 'no-such-topic', reason: `topic ${topic} does not exist` };
}
