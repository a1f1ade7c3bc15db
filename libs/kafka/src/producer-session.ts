import type { Kafka } from 'kafkajs';
import type { Clock, Log } from '#libs/messaging';
import { openCluster, type BrokerInside, type ClusterInside } from './kafkajs-internals.js';
import type { ProducerIdentity } from './partition-queue.js';
import { TopicCatalogue, type CataloguedTopic } from './topic-catalogue.js';

/** Without any success for so long, connections and metadata are thrown away and made anew. */
const stuckAfterMs = 10_000;
const transactionTimeoutMs = 60_000;

/**
 * What a sink needs of the cluster: connections to leaders, metadata, and the number under which its batches are told
 * apart. Whatever has to be waited for is asked for in the background; `changed` is called when there is news.
 */
export class ProducerSession {
  private cluster: ClusterInside | undefined;
  private catalogue: TopicCatalogue | undefined;
  private current: ProducerIdentity | undefined;
  private isNumbering = false;
  private readonly learning = new Set<string>();
  private workedAt = 0;

  constructor(
    private readonly kafka: Kafka,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly changed: () => void,
  ) {}

  get isOpen(): boolean {
    return this.cluster !== undefined;
  }

  async open(): Promise<void> {
    this.take(openCluster(this.kafka));
    await this.cluster!.connect();
  }

  async close(): Promise<void> {
    const { cluster } = this;
    this.cluster = undefined;
    await cluster?.disconnect();
  }

  known(topic: string): CataloguedTopic | undefined {
    return this.catalogue?.known(topic);
  }

  async look(topic: string): Promise<CataloguedTopic> {
    if (this.catalogue === undefined) throw new Error('the sink is not started');
    return this.catalogue.look(topic);
  }

  leader(node: number): Promise<BrokerInside> {
    return this.cluster!.findBroker({ nodeId: String(node) });
  }

  /** A leader has answered. */
  worked(): void {
    this.workedAt = this.clock.elapsed();
  }

  /** The present number; `undefined` while one is being asked for. */
  identity(): ProducerIdentity | undefined {
    if (this.current === undefined) this.number();
    return this.current;
  }

  /** The number is not used for new batches any more. */
  forget(identity: ProducerIdentity | undefined): void {
    if (this.current === identity) this.current = undefined;
  }

  /** Asks about a topic that nobody has asked about yet. */
  learn(topic: string): void {
    if (this.learning.has(topic)) return;
    this.learning.add(topic);
    void this.look(topic)
      .then(
        () => this.changed(),
        (error: unknown) => this.warn('a topic could not be looked up', error),
      )
      .finally(() => this.learning.delete(topic));
  }

  /** Asks about all topics again, unless that has just been done. */
  refresh(): void {
    const { catalogue } = this;
    if (catalogue === undefined || catalogue.justAsked) return;
    this.reopenIfStuck();
    void catalogue.refresh().then(
      () => this.changed(),
      (error: unknown) => this.warn('metadata cannot be read', error),
    );
  }

  private take(cluster: ClusterInside): void {
    this.cluster = cluster;
    this.catalogue = new TopicCatalogue(cluster, this.clock, this.catalogue);
    this.worked();
  }

  /** The client can lose its way, for example when every broker it knew has gone: a new one begins with the addresses given. */
  private reopenIfStuck(): void {
    if (this.clock.elapsed() - this.workedAt < stuckAfterMs) return;
    const former = this.cluster;
    this.take(openCluster(this.kafka));
    void former?.disconnect().catch(() => undefined);
  }

  private number(): void {
    if (this.isNumbering || this.cluster === undefined) return;
    this.isNumbering = true;
    void this.newIdentity(this.cluster)
      .then(
        (identity) => {
          this.current = identity;
          this.changed();
        },
        (error: unknown) => this.warn('there is no producer id yet', error),
      )
      .finally(() => {
        this.isNumbering = false;
      });
  }

  private async newIdentity(cluster: ClusterInside): Promise<ProducerIdentity> {
    const broker = await cluster.brokerPool.findConnectedBroker();
    const { producerId, producerEpoch } = await broker.initProducerId({
      transactionTimeout: transactionTimeoutMs,
    });
    return { producerId: BigInt(producerId), producerEpoch };
  }

  private warn(message: string, error: unknown): void {
    this.log.warn(message, { error: error instanceof Error ? error.message : String(error) });
  }
}
