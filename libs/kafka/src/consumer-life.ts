import type { Assignment, Broker, Consumer, Kafka } from 'kafkajs';
import { waitFor, type Clock, type Log, type Offset, type TopicPartition } from '#libs/messaging';
import { stickyAssigner } from './group-protocol.js';
import { adoptCluster, type BrokerInside, type ClusterInside } from './kafkajs-internals.js';

/** How the consumer takes part in its group. Milliseconds. */
export interface GroupTimes {
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly heartbeatIntervalMs: number;
  readonly maxWaitMs: number;
}

/** The group a consumer joins, and what it reads there. */
export interface Membership {
  readonly group: string;
  readonly topics: readonly string[];
  readonly times: GroupTimes;
}

/** What the owner of a consumer is told, and how it fetches. */
export interface ConsumerOwner {
  /** What is held at present, by topic. */
  held(): Assignment;
  joined(member: string, partitions: readonly TopicPartition[]): void;
  /** The consumer is dead. */
  died(error: unknown): void;
  fetch(broker: BrokerInside, wanted: readonly TopicPartition[], cluster: ClusterInside): Promise<void>;
}

/** The client waits for its own requests when it closes, for too long when the broker is gone. */
const closeWithinMs = 5_000;
const metadataMaxAgeMs = 15_000;

/**
 * One kafkajs consumer from joining to its end. It is never repaired: when it dies, another one is made.
 *
 * kafkajs does the group's business and the connections. Positions, pausing and the decoding of records are ours: the
 * fetch of each broker object is replaced, and the client itself is told that nothing came. That way one partition in
 * trouble does not spoil the answer of the others, a position that is out of range is never reset behind our back, and
 * a record is made once, in the form it is read in.
 */
export class ConsumerLife {
  private readonly consumer: Consumer;
  private cluster: ClusterInside | undefined;
  private member: string | undefined;
  private commits = 0;
  private ended = false;
  /** Elapsed time of the last sign of life of the fetch loop. */
  aliveAt: number;
  /** True while the group is shared out anew: no fetching then. */
  isJoining = true;

  constructor(
    private readonly kafka: Kafka,
    private readonly membership: Membership,
    private readonly owner: ConsumerOwner,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.aliveAt = clock.elapsed();
    this.consumer = this.createConsumer();
    this.listen();
  }

  get memberId(): string | undefined {
    return this.member;
  }

  /** Joins the group. Rejects when the consumer dies before it has joined. `former` is put out of the group first. */
  async start(former: string | undefined): Promise<void> {
    await this.consumer.connect();
    if (former !== undefined) await this.dismiss(former);
    await this.consumer.subscribe({ topics: [...this.membership.topics], fromBeginning: true });
    let death: Error | undefined;
    const { CRASH } = this.consumer.events;
    const forget = this.consumer.on(CRASH, ({ payload }) => {
      death = payload.error;
    });
    await this.consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: () => Promise.resolve(),
    });
    forget();
    assertAlive(death);
    if (this.member === undefined) throw new Error('the group was not joined');
  }

  /** Leaves the group and closes the connections; gives up waiting for that after a while. */
  async end(): Promise<void> {
    if (this.ended) return;
    this.ended = true;
    const closed = this.consumer.disconnect().catch((error: unknown) => {
      this.log.warn('a consumer did not close cleanly', {
        group: this.membership.group,
        error: String(error),
      });
    });
    let isClosed = false;
    void closed.then(() => {
      isClosed = true;
    });
    await Promise.race([closed, waitFor(this.clock, closeWithinMs)]);
    // A loop that stands still is waited for by the client for ever; its connections are not to outlive it.
    if (!isClosed) void this.cluster?.disconnect().catch(() => undefined);
  }

  /** Writes committed offsets. Rejects when the broker did not confirm them. */
  async commit(positions: readonly { readonly at: TopicPartition; readonly next: Offset }[]): Promise<void> {
    const before = this.commits;
    await this.consumer.commitOffsets(
      positions.map(({ at, next }) => ({ topic: at.topic, partition: at.part, offset: String(next) })),
    );
    // A consumer that is about to end resolves without having sent anything.
    if (this.commits === before) throw new Error('the consumer is ending');
  }

  /** Id of the topic as last seen, or `undefined` when there is none of that name. */
  topicId(topic: string): string | undefined {
    const layout = this.cluster?.brokerPool.metadata?.topicMetadata.find((each) => each.topic === topic);
    return layout?.topicErrorCode === 0 ? layout.topicId : undefined;
  }

  async refreshMetadata(): Promise<void> {
    await this.cluster?.refreshMetadata();
  }

  private createConsumer(): Consumer {
    const { sessionTimeoutMs, rebalanceTimeoutMs, heartbeatIntervalMs, maxWaitMs } = this.membership.times;
    return this.kafka.consumer({
      groupId: this.membership.group,
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: rebalanceTimeoutMs,
      heartbeatInterval: heartbeatIntervalMs,
      maxWaitTimeInMs: maxWaitMs,
      metadataMaxAge: metadataMaxAgeMs,
      allowAutoTopicCreation: false,
      retry: {
        retries: 4,
        initialRetryTime: 100,
        maxRetryTime: 1_000,
        restartOnFailure: () => Promise.resolve(false),
      },
      partitionAssigners: [
        ({ cluster }) => {
          const adopted = adoptCluster(cluster, { fetch: (broker, request) => this.fetch(broker, request) });
          this.cluster = adopted;
          return stickyAssigner(adopted, () => this.owner.held());
        },
      ],
    });
  }

  private listen(): void {
    const { GROUP_JOIN, CRASH, REBALANCING, FETCH_START, COMMIT_OFFSETS } = this.consumer.events;
    this.consumer.on(GROUP_JOIN, ({ payload }) => this.joined(payload.memberId, payload.memberAssignment));
    this.consumer.on(REBALANCING, () => {
      this.isJoining = true;
      this.sign();
    });
    this.consumer.on(FETCH_START, () => this.sign());
    this.consumer.on(COMMIT_OFFSETS, () => {
      this.commits += 1;
    });
    this.consumer.on(CRASH, ({ payload }) => {
      if (!this.ended && this.member !== undefined) this.owner.died(payload.error);
    });
  }

  private sign(): void {
    this.aliveAt = this.clock.elapsed();
  }

  /** Told synchronously before the first fetch of the new assignment: nothing can be delivered in between. */
  private joined(member: string, assignment: Assignment): void {
    this.member = member;
    this.isJoining = false;
    this.sign();
    if (this.ended) return;
    const partitions = Object.entries(assignment).flatMap(([topic, parts]) =>
      parts.map((part) => ({ topic, part })),
    );
    this.coverOffsets(partitions);
    this.owner.joined(member, partitions);
  }

  /** The client fetches a partition only when it believes to know a position. The real ones are with the owner. */
  private coverOffsets(partitions: readonly TopicPartition[]): void {
    const offsets = this.cluster!.committedOffsets({ groupId: this.membership.group });
    for (const { topic, part } of partitions) (offsets[topic] ??= {})[part] = '0';
  }

  private async fetch(broker: BrokerInside, request: Parameters<Broker['fetch']>[0]): Promise<unknown> {
    if (!this.ended) {
      const wanted = request.topics.flatMap(({ topic, partitions }) =>
        partitions.map(({ partition }) => ({ topic, part: partition })),
      );
      await this.owner.fetch(broker, wanted, this.cluster!);
    }
    this.sign();
    return { responses: [] };
  }

  /** A consumer that died did not leave the group, which would wait for it until its session ends. */
  private async dismiss(former: string): Promise<void> {
    try {
      const coordinator = await this.cluster!.findGroupCoordinator({ groupId: this.membership.group });
      await coordinator.leaveGroup({ groupId: this.membership.group, memberId: former });
    } catch (error) {
      this.log.debug('the former member had left already', {
        group: this.membership.group,
        error: String(error),
      });
    }
  }
}

function assertAlive(death: Error | undefined): void {
  if (death !== undefined) throw death;
}
