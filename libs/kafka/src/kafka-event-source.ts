import type { Kafka } from 'kafkajs';
import {
  EventSource,
  NoLog,
  partitionName,
  waitFor,
  type Clock,
  type InboundRecord,
  type Log,
  type Offset,
  type PartitionEdges,
  type SourceHandlers,
  type TopicPartition,
} from '#libs/messaging';
import { AccessDeniedError, deniedIn } from './access-denied-error.js';
import { ConsumerKeeper, type KeeperOwner } from './consumer-keeper.js';
import type { GroupTimes } from './consumer-life.js';
import { HintQueue } from './hint-queue.js';
import { inflate } from './inflate.js';
import { openKafka } from './kafka-client.js';
import { KafkaUnavailableError, PartitionNotAssignedError, TopicMissingError } from './kafka-errors.js';
import type { KafkaOptions } from './kafka-options.js';
import { ask, type BrokerInside, type ClusterInside } from './kafkajs-internals.js';
import { PartitionInquiry } from './partition-inquiry.js';
import type { PartitionReading } from './partition-reading.js';
import { PartitionReadings } from './partition-readings.js';
import { principalOf } from './principal.js';
import { fetchRequest, type FetchLimits } from './wire/fetch-request.js';

/** What a {@link KafkaEventSource} reads, and how. */
export interface KafkaSourceSettings {
  readonly group: string;
  readonly topics: readonly string[];
  /** Longest time a fetch waits for something to come. Default 100: shorter polls cost CPU, longer ones delay `resume`. */
  readonly maxWaitMs?: number;
  /** A fetch waits until it has this many bytes, at most `maxWaitMs`. Default 1. */
  readonly minBytes?: number;
  /** Default 4,000,000. */
  readonly maxBytes?: number;
  /** Default 1,000,000. */
  readonly maxBytesPerPartition?: number;
  /** Without a sign of life for so long a member's partitions go to others. Default 15,000. */
  readonly sessionTimeoutMs?: number;
  /** Default: a fifth of the session timeout, at most 3,000. */
  readonly heartbeatIntervalMs?: number;
  /** How long the group waits for a member that is busy. Default 20,000. */
  readonly rebalanceTimeoutMs?: number;
  /** A consumer whose fetch loop stands still for so long is rebuilt. Default 30,000. */
  readonly stalledAfterMs?: number;
  /** Trouble that lasts so long is fatal; what trying again cannot cure is so at the third time. Default 300,000. */
  readonly fatalAfterMs?: number;
  readonly log?: Log;
}

/** A partition that nobody asks for so long may be led by somebody we do not know. */
const unaskedMs = 2_000;
const troubleGapMs = 100;

/** Reads topics as one member of a consumer group, rebuilding the client's consumer whenever it dies or stalls. */
export class KafkaEventSource extends EventSource {
  readonly group: string;
  private readonly kafka: Kafka;
  private readonly principal: string;
  private readonly isRotated: boolean;
  private readonly inquiry: PartitionInquiry;
  private readonly log: Log;
  private readonly limits: FetchLimits;
  private readonly times: GroupTimes;
  private readonly hints = new HintQueue((hints) => this.commit(hints));
  private readonly idlers = new Set<() => void>();
  private readings: PartitionReadings | undefined;
  private keeper: ConsumerKeeper | undefined;
  private state: 'new' | 'running' | 'stopped' = 'new';

  constructor(
    options: KafkaOptions,
    private readonly clock: Clock,
    private readonly settings: KafkaSourceSettings,
  ) {
    super();
    this.group = settings.group;
    this.log = settings.log ?? new NoLog();
    this.kafka = openKafka(options, this.log);
    this.principal = principalOf(options);
    this.isRotated = options.sasl?.mechanism !== 'oauthbearer' && options.sasl?.isRotated === true;
    this.inquiry = new PartitionInquiry(this.kafka, settings.group, this.principal, clock);
    this.limits = {
      maxWaitMs: settings.maxWaitMs ?? 100,
      minBytes: settings.minBytes ?? 1,
      maxBytes: settings.maxBytes ?? 4_000_000,
      maxBytesPerPartition: settings.maxBytesPerPartition ?? 1_000_000,
    };
    const sessionTimeoutMs = settings.sessionTimeoutMs ?? 15_000;
    this.times = {
      sessionTimeoutMs,
      rebalanceTimeoutMs: settings.rebalanceTimeoutMs ?? 20_000,
      heartbeatIntervalMs: settings.heartbeatIntervalMs ?? Math.min(3_000, Math.floor(sessionTimeoutMs / 5)),
      maxWaitMs: this.limits.maxWaitMs,
    };
  }

  /**
   * @throws TopicMissingError when a topic does not exist; KafkaUnavailableError when the group cannot be joined;
   * AccessDeniedError when topic or group are not for us.
   */
  override async start(handlers: SourceHandlers): Promise<void> {
    if (this.state !== 'new') return;
    this.state = 'running';
    this.readings = new PartitionReadings(handlers, this.clock, this.log, inflate, (topic) =>
      this.keeper?.topicId(topic),
    );
    const missing = await this.inquiry.missing(this.settings.topics);
    if (missing.length > 0) throw new TopicMissingError(missing);
    this.keeper = this.keeperFor(handlers, this.readings);
    try {
      await this.keeper.start();
    } catch (error) {
      throw this.translated(`joining the group ${this.settings.group}`, error);
    }
  }

  override async stop(): Promise<void> {
    if (this.state === 'stopped') return;
    this.state = 'stopped';
    this.readings?.revokeAll();
    this.wakeIdlers();
    await this.keeper?.stop();
    await this.inquiry.close();
  }

  override seek(at: TopicPartition, offset: Offset): void {
    this.readings?.get(at)?.seek(offset);
  }

  override pause(at: TopicPartition): void {
    const reading = this.readings?.get(at);
    if (reading !== undefined) reading.isPaused = true;
  }

  override resume(at: TopicPartition): void {
    const reading = this.readings?.get(at);
    if (reading === undefined || !reading.isPaused) return;
    reading.isPaused = false;
    reading.askedAt = this.clock.elapsed();
    this.wakeIdlers();
  }

  /** @throws PartitionNotAssignedError; KafkaUnavailableError when the broker did not confirm. */
  override async hint(at: TopicPartition, next: Offset): Promise<void> {
    if (this.readings?.get(at) === undefined) throw new PartitionNotAssignedError(partitionName(at));
    await this.hints.add(at, next);
  }

  override hinted(at: TopicPartition): Promise<Offset | undefined> {
    return this.inquiry.hinted(at);
  }

  override edges(at: TopicPartition): Promise<PartitionEdges> {
    return this.inquiry.edges(at);
  }

  override peek(at: TopicPartition, offset: Offset): Promise<InboundRecord | undefined> {
    return this.inquiry.peek(at, offset);
  }

  private async commit(
    hints: readonly { readonly at: TopicPartition; readonly next: Offset }[],
  ): Promise<void> {
    const ours = hints.filter(({ at }) => this.readings?.get(at) !== undefined);
    if (ours.length === 0) return;
    try {
      await this.keeper!.commit(ours);
    } catch (error) {
      throw new KafkaUnavailableError(`committing offsets of the group ${this.settings.group}`, error);
    }
  }

  private keeperFor(handlers: SourceHandlers, readings: PartitionReadings): ConsumerKeeper {
    const { group, stalledAfterMs = 30_000, fatalAfterMs = 300_000 } = this.settings;
    const { times, isRotated } = this;
    const kept = { group, times, stalledAfterMs, fatalAfterMs, isRotated, present: () => this.present() };
    const owner: KeeperOwner = {
      held: () => readings.held(),
      joined: (member, partitions) => readings.assign(member, partitions),
      fetch: (broker, wanted, cluster) => this.fetch(broker, wanted, cluster),
      hasUnasked: () => readings.hasUnasked(unaskedMs),
      metadataRead: () => readings.reassignRemade(),
      interrupted: () => readings.revokeAll(),
      hopeless: (reason) => handlers.fatal(this.translated(`reading as a member of ${group}`, reason)),
    };
    return new ConsumerKeeper(this.kafka, kept, owner, this.clock, this.log);
  }

  private async fetch(
    broker: BrokerInside,
    wanted: readonly TopicPartition[],
    cluster: ClusterInside,
  ): Promise<void> {
    const asked = this.readings!.asked(wanted, (reading) => void this.locate(reading));
    if (asked.length === 0) return this.idle();
    const answer = await ask(broker, fetchRequest(asked, this.limits));
    let trouble = false;
    let refresh = false;
    for (const fetched of answer) {
      const part = asked.find((each) => each.part === fetched.part && each.topicId === fetched.topicId);
      const verdict = part === undefined ? 'fine' : await this.readings!.deliver(part, fetched);
      trouble ||= verdict !== 'fine';
      refresh ||= verdict === 'refresh';
    }
    if (refresh) {
      await cluster.refreshMetadata();
      this.readings!.reassignRemade();
    }
    if (trouble) await waitFor(this.clock, troubleGapMs);
  }

  private translated(attempted: string, error: unknown): Error {
    const { principal } = this;
    const { group, topics } = this.settings;
    const denied = deniedIn(error);
    if (denied === undefined) return new KafkaUnavailableError(attempted, error);
    const { resource, name = resource === 'group' ? group : topics.join(', ') } = denied;
    return new AccessDeniedError({ principal, operation: 'Read', resource, name }, error);
  }

  /** Waits as long as a fetch would, or until a partition is resumed. */
  private idle(): Promise<void> {
    return new Promise((resolve) => {
      const go = (): void => {
        cancel();
        this.idlers.delete(go);
        resolve();
      };
      const cancel = this.clock.after(this.limits.maxWaitMs, go);
      this.idlers.add(go);
    });
  }

  private wakeIdlers(): void {
    for (const wake of [...this.idlers]) wake();
  }

  /** Finds the place to begin with when the reader names none: the committed offset, else the beginning. */
  private async locate(reading: PartitionReading): Promise<void> {
    if (reading.isLocating) return;
    reading.isLocating = true;
    const { era } = reading;
    try {
      const from = (await this.inquiry.hinted(reading.at)) ?? (await this.inquiry.edges(reading.at)).start;
      if (reading.era === era) reading.position = from;
      this.wakeIdlers();
    } catch (error) {
      this.log.warn('the committed offset could not be read', {
        partition: partitionName(reading.at),
        error: String(error),
      });
    } finally {
      reading.isLocating = false;
    }
  }

  /** Topics that exist; one that was deleted must not keep us from the others. */
  private async present(): Promise<readonly string[]> {
    const { topics } = this.settings;
    const missing = new Set(await this.inquiry.missing(topics).catch(() => []));
    const present = topics.filter((topic) => !missing.has(topic));
    return present.length > 0 ? present : topics;
  }
}
