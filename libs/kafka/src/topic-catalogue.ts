import type { Clock } from '#libs/messaging';
import type { ClusterInside } from './kafkajs-internals.js';
import type { TopicLayout } from './wire/metadata-request.js';

/** A topic as it was when it was last asked about. */
export interface CataloguedTopic {
  /** Node that leads each partition, by number; -1 where there is none at present. Empty when there is no such topic. */
  readonly leaders: readonly number[];
  /** Kafka's error code for the topic; 0 when all is well. */
  readonly errorCode: number;
  /** Differs when the topic was made anew. */
  readonly id: string;
  readonly readAt: number;
}

/** Kafka's error code for a topic that is not there. */
export const unknownTopic = 3;

/** How long an answer about a topic that exists is believed, and about one that does not. */
const freshMs = 30_000;
const absentMs = 1_000;
/** Not more often than this, however many partitions have lost their leader. */
const refreshGapMs = 100;

/** Remembers which topics there are, with how many partitions and who leads them. */
export class TopicCatalogue {
  private topics = new Map<string, CataloguedTopic>();
  private asked: Promise<void> | undefined;
  private askedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly cluster: ClusterInside,
    private readonly clock: Clock,
    /** What another one has learnt is not forgotten. */
    former?: TopicCatalogue,
  ) {
    if (former !== undefined) this.topics = former.topics;
    for (const topic of this.topics.keys()) cluster.targetTopics.add(topic);
  }

  /** What is remembered, however old. */
  known(topic: string): CataloguedTopic | undefined {
    return this.topics.get(topic);
  }

  /** What is remembered if it is fresh enough, else what the cluster says now. */
  async look(topic: string): Promise<CataloguedTopic> {
    const remembered = this.fresh(topic);
    if (remembered !== undefined) return remembered;
    await this.add([topic]);
    if (this.fresh(topic) === undefined) await this.refresh();
    return (
      this.topics.get(topic) ?? { leaders: [], errorCode: unknownTopic, id: '', readAt: this.clock.elapsed() }
    );
  }

  /** Includes `topics` in what is asked about, and asks if that is news. */
  async add(topics: readonly string[]): Promise<void> {
    const before = this.cluster.brokerPool.metadata;
    await this.cluster.addMultipleTargetTopics([...topics]);
    if (this.cluster.brokerPool.metadata !== before) this.take();
  }

  /** Asks the cluster about all topics; calls at the same time share one question. */
  async refresh(): Promise<void> {
    this.asked ??= this.askCluster().finally(() => {
      this.asked = undefined;
    });
    await this.asked;
  }

  /** True when asking again now would only load the cluster. */
  get justAsked(): boolean {
    return this.asked !== undefined || this.clock.elapsed() - this.askedAt < refreshGapMs;
  }

  private fresh(topic: string): CataloguedTopic | undefined {
    const known = this.topics.get(topic);
    if (known === undefined) return undefined;
    return this.clock.elapsed() - known.readAt < (known.errorCode === 0 ? freshMs : absentMs)
      ? known
      : undefined;
  }

  private async askCluster(): Promise<void> {
    this.askedAt = this.clock.elapsed();
    await this.cluster.refreshMetadata();
    this.take();
  }

  private take(): void {
    const { metadata } = this.cluster.brokerPool;
    const readAt = this.clock.elapsed();
    this.topics = new Map(
      (metadata?.topicMetadata ?? []).map((layout) => [layout.topic, catalogued(layout, readAt)]),
    );
  }
}

function catalogued(layout: TopicLayout, readAt: number): CataloguedTopic {
  const leaders: number[] = [];
  for (const { partitionId, leader } of layout.partitionMetadata) leaders[partitionId] = leader;
  return { leaders, errorCode: layout.topicErrorCode, id: layout.topicId, readAt };
}
