import {
  CommandSink,
  type CancelTimer,
  NoLog,
  type Clock,
  type Log,
  type OutgoingRecord,
  type PublishOutcome,
  type RefusalCode,
} from '#libs/messaging';
import { AccessDeniedError, denialText, topicDenied, type Denial } from './access-denied-error.js';
import { KafkaUnavailableError } from './kafka-errors.js';
import { openKafka } from './kafka-client.js';
import type { KafkaOptions } from './kafka-options.js';
import { LeaderFlights } from './leader-flights.js';
import { PartitionQueue, type PublishCall } from './partition-queue.js';
import { produceVerdict } from './produce-verdict.js';
import { principalOf } from './principal.js';
import { ProducerSession } from './producer-session.js';
import { unknownTopic } from './topic-catalogue.js';

/** How a {@link KafkaCommandSink} behaves. */
export interface KafkaSinkSettings {
  /** Largest batch for one partition in bytes; has to be below the topic's max.message.bytes. Default 900,000. */
  readonly maxPartitionBytes?: number;
  /** Largest request in bytes, exceeded by at most one partition's batch. Default 4,000,000. */
  readonly maxRequestBytes?: number;
  /** How long a batch is tried before its records are told to be unsent. Default 20,000. */
  readonly giveUpAfterMs?: number;
  /** How long a topic has to be missing before records to it are refused. Default 3,000: brokers hear of new topics late. */
  readonly missingTopicAfterMs?: number;
  /** How long a leader may wait for its replicas. Default 8,000. */
  readonly ackTimeoutMs?: number;
  readonly log?: Log;
}

const firstBackoffMs = 50;
const longestBackoffMs = 1_000;

/**
 * Sends records to Kafka as an idempotent producer.
 *
 * Each partition has a queue; each leader has at most one request on its way, which takes from the head of every queue
 * it leads. So calls made meanwhile are merged, a leader in trouble holds up only its own partitions, and the answer
 * is read partition by partition: a record counts as stored only when its own partition said so.
 */
export class KafkaCommandSink extends CommandSink {
  private readonly session: ProducerSession;
  private readonly principal: string;
  private readonly maxPartitionBytes: number;
  private readonly giveUpAfterMs: number;
  private readonly missingTopicAfterMs: number;
  private readonly log: Log;
  private readonly queues = new Map<string, PartitionQueue[]>();
  private readonly active = new Set<PartitionQueue>();
  private readonly flights: LeaderFlights;
  private readonly calls = new Set<Promise<unknown>>();
  private pumpPlanned = false;
  private wakeUp: CancelTimer | undefined;
  private state: 'new' | 'running' | 'stopping' | 'stopped' = 'new';

  constructor(
    options: KafkaOptions,
    private readonly clock: Clock,
    settings: KafkaSinkSettings = {},
  ) {
    super();
    this.log = settings.log ?? new NoLog();
    this.principal = principalOf(options);
    this.session = new ProducerSession(openKafka(options, this.log), clock, this.log, () => this.planPump());
    const limits = {
      maxRequestBytes: settings.maxRequestBytes ?? 4_000_000,
      ackTimeoutMs: settings.ackTimeoutMs ?? 8_000,
    };
    this.flights = new LeaderFlights(this.session, limits, {
      answered: (queue, errorCode, baseOffset) => this.answered(queue, errorCode, baseOffset),
      failed: (queues, error) => this.failed(queues, error),
      landed: () => this.planPump(),
    });
    this.maxPartitionBytes = settings.maxPartitionBytes ?? 900_000;
    this.giveUpAfterMs = settings.giveUpAfterMs ?? 20_000;
    this.missingTopicAfterMs = settings.missingTopicAfterMs ?? 3_000;
  }

  /** @throws KafkaUnavailableError when no broker lets us in. */
  override async start(): Promise<void> {
    if (this.state !== 'new') return;
    try {
      await this.session.open();
    } catch (error) {
      await this.session.close();
      throw new KafkaUnavailableError('connecting to send', error);
    }
    this.state = 'running';
  }

  override async stop(): Promise<void> {
    if (this.state === 'running') {
      this.state = 'stopping';
      await Promise.all(this.calls);
    }
    this.state = 'stopped';
    this.wakeUp?.();
    await this.session.close();
  }

  override publish(records: readonly OutgoingRecord[]): Promise<readonly PublishOutcome[]> {
    if (this.state !== 'running') {
      const outcome: PublishOutcome = {
        kind: 'unsent',
        reason: `the sink is ${this.state === 'new' ? 'not started' : 'stopped'}`,
      };
      return Promise.resolve(records.map(() => outcome));
    }
    if (records.length === 0) return Promise.resolve([]);
    const call = new Promise<readonly PublishOutcome[]>((resolve) => this.enqueue(records, resolve));
    this.calls.add(call);
    void call.then(() => this.calls.delete(call));
    return call;
  }

  /** @throws KafkaUnavailableError when nobody can be asked; AccessDeniedError when the topic is not for us. */
  override async partitions(topic: string): Promise<number | undefined> {
    const found = await this.session.look(topic).catch((error: unknown) => {
      throw new KafkaUnavailableError(`asking for topic ${topic}`, error);
    });
    if (found.errorCode === topicDenied) throw new AccessDeniedError(this.denial('Describe', topic));
    return found.leaders.length === 0 ? undefined : found.leaders.length;
  }

  override knownPartitions(topic: string): number | undefined {
    const count = this.session.known(topic)?.leaders.length ?? 0;
    return count === 0 ? undefined : count;
  }

  private enqueue(
    records: readonly OutgoingRecord[],
    resolve: (outcomes: readonly PublishOutcome[]) => void,
  ): void {
    const outcomes = new Array<PublishOutcome>(records.length);
    const call: PublishCall = { outcomes, left: records.length, done: () => resolve(outcomes) };
    const now = this.clock.elapsed();
    for (let index = 0; index < records.length; index += 1) {
      const record = records[index]!;
      const queue = this.queueOf(record.topic, record.part);
      if (queue.waiting === 0) this.begin(queue, now);
      queue.push(record, call, index);
    }
    this.planPump();
  }

  private begin(queue: PartitionQueue, now: number): void {
    queue.triedSince = now;
    queue.notBefore = 0;
    this.active.add(queue);
  }

  private queueOf(topic: string, part: number): PartitionQueue {
    let ofTopic = this.queues.get(topic);
    if (ofTopic === undefined) {
      ofTopic = [];
      this.queues.set(topic, ofTopic);
    }
    return (ofTopic[part] ??= new PartitionQueue(topic, part, this.maxPartitionBytes, () =>
      this.clock.now(),
    ));
  }

  /** Lets the calls of this turn come together before sending. */
  private planPump(): void {
    if (this.pumpPlanned) return;
    this.pumpPlanned = true;
    queueMicrotask(() => {
      this.pumpPlanned = false;
      this.pump();
    });
  }

  /** Sends what can be sent now, and sees to it that the rest is looked at again. */
  private pump(): void {
    if (!this.session.isOpen) return;
    const now = this.clock.elapsed();
    const ready = new Map<number, PartitionQueue[]>();
    let wait = Number.POSITIVE_INFINITY;
    for (const queue of this.active) {
      if (queue.inFlight) continue;
      if (now - queue.triedSince > this.giveUpAfterMs) this.giveUp(queue, 'not acknowledged in time');
      else if (queue.notBefore > now) wait = Math.min(wait, queue.notBefore - now);
      else if (!this.place(queue, ready, now)) wait = Math.min(wait, firstBackoffMs);
    }
    for (const [leader, queues] of ready) void this.flights.send(leader, queues);
    this.wakeUp?.();
    this.wakeUp = wait === Number.POSITIVE_INFINITY ? undefined : this.clock.after(wait, () => this.pump());
  }

  /** Puts the queue with those of its leader; false when it has to wait for metadata or for a number. */
  private place(queue: PartitionQueue, ready: Map<number, PartitionQueue[]>, now: number): boolean {
    const topic = this.session.known(queue.topic);
    const leader = topic?.leaders[queue.part];
    if (topic === undefined || leader === undefined) return this.missing(queue, topic?.errorCode, now);
    queue.absentSince = undefined;
    if (leader < 0) {
      this.session.refresh();
      return false;
    }
    if (queue.numberedBy === undefined) {
      const identity = this.session.identity();
      if (identity === undefined) return false;
      queue.number(identity);
    }
    const others = ready.get(leader);
    if (others === undefined) ready.set(leader, [queue]);
    else others.push(queue);
    return true;
  }

  /** Metadata does not know the partition: asks again, and refuses its records once that has lasted. */
  private missing(queue: PartitionQueue, errorCode: number | undefined, now: number): boolean {
    if (errorCode === undefined) {
      this.session.learn(queue.topic);
      return false;
    }
    queue.absentSince ??= now;
    const verdict = produceVerdict(errorCode);
    if (verdict.kind === 'closed') {
      const denied = this.denial('Describe', queue.topic);
      this.settleAll(queue, { kind: 'refused', code: verdict.code, reason: reasonOf(verdict, denied) });
      return true;
    }
    if (now - queue.absentSince < this.missingTopicAfterMs) {
      this.session.refresh();
      return false;
    }
    const what =
      errorCode === unknownTopic
        ? `there is no topic ${queue.topic}`
        : `${queue.topic} has no partition ${queue.part}`;
    this.settleAll(queue, { kind: 'refused', code: 'no-such-topic', reason: what });
    return true;
  }

  private answered(queue: PartitionQueue, errorCode: number, baseOffset: number): void {
    const verdict = produceVerdict(errorCode);
    switch (verdict.kind) {
      case 'stored':
        queue.stored(
          baseOffset < 0
            ? { kind: 'acknowledged' }
            : { kind: 'acknowledged', end: baseOffset + queue.batchSize },
        );
        return this.next(queue);
      case 'refused':
        queue.halve({ kind: 'refused', code: verdict.code, reason: verdict.reason });
        return this.next(queue);
      case 'closed': {
        const denied = this.denial('Write', queue.topic);
        return this.settleAll(queue, {
          kind: 'refused',
          code: verdict.code,
          reason: reasonOf(verdict, denied),
        });
      }
      case 'renumber':
        this.forgetNumber(queue);
        return this.backOff(queue);
      case 'again':
        queue.inDoubt = true;
        this.log.warn('a batch was not stored and is sent again', {
          topic: queue.topic,
          partition: queue.part,
          errorCode,
        });
        this.session.refresh();
        return this.backOff(queue);
    }
  }

  /** The request failed as a whole: whether its batches were stored is not known. */
  private failed(queues: readonly PartitionQueue[], error: unknown): void {
    this.log.warn('a request to a leader failed', { partitions: queues.length, error: messageOf(error) });
    for (const queue of queues) this.backOff(queue);
    this.session.refresh();
  }

  private next(queue: PartitionQueue): void {
    if (queue.waiting === 0) this.active.delete(queue);
    else this.begin(queue, this.clock.elapsed());
  }

  private backOff(queue: PartitionQueue): void {
    queue.notBefore = this.clock.elapsed() + Math.min(firstBackoffMs * 2 ** queue.attempts, longestBackoffMs);
    queue.attempts += 1;
  }

  /**
   * Tells that what waits for the partition is not known to be stored; also what stands behind the batch, for it may
   * not overtake it. The next batch gets a new number: the broker would take one under the old for a repetition.
   */
  private giveUp(queue: PartitionQueue, reason: string): void {
    if (queue.inDoubt) this.forgetNumber(queue);
    this.log.error('records were not sent', {
      topic: queue.topic,
      partition: queue.part,
      records: queue.waiting,
      reason,
    });
    this.settleAll(queue, { kind: 'unsent', reason });
  }

  private settleAll(queue: PartitionQueue, outcome: PublishOutcome): void {
    queue.settleAll(outcome);
    this.active.delete(queue);
  }

  private denial(operation: 'Describe' | 'Write', name: string): Denial {
    return { principal: this.principal, operation, resource: 'topic', name };
  }

  private forgetNumber(queue: PartitionQueue): void {
    this.session.forget(queue.numberedBy);
    queue.number(undefined);
  }
}

function reasonOf({ code, reason }: { readonly code: RefusalCode; readonly reason: string }, denied: Denial) {
  return code === 'not-authorised' ? denialText(denied) : reason;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
