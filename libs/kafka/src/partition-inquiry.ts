import type { Kafka } from 'kafkajs';
import {
  waitFor,
  type Clock,
  type InboundRecord,
  type Offset,
  type PartitionEdges,
  type TopicPartition,
} from '#libs/messaging';
import { inflate } from './inflate.js';
import { AccessDeniedError, deniedIn, topicDenied } from './access-denied-error.js';
import { isPermanent, KafkaUnavailableError } from './kafka-errors.js';
import { ask, openCluster, type ClusterInside } from './kafkajs-internals.js';
import { TopicCatalogue } from './topic-catalogue.js';
import { fetchRequest, type FetchedPartition } from './wire/fetch-request.js';
import { decodeRecords } from './wire/record-batch-decoder.js';

const attempts = 8;
const gapMs = 250;
const peekBytes = 65_536;
const outOfRange = 1;

/**
 * Answers questions about partitions over connections of its own: on those of the consumer a question would wait
 * behind the long poll.
 */
export class PartitionInquiry {
  private readonly cluster: ClusterInside;
  private readonly catalogue: TopicCatalogue;

  constructor(
    kafka: Kafka,
    private readonly group: string,
    private readonly principal: string,
    private readonly clock: Clock,
  ) {
    this.cluster = openCluster(kafka);
    // Edges are those of the log, also where a transaction is still open.
    this.cluster.isolationLevel = 0;
    this.catalogue = new TopicCatalogue(this.cluster, clock);
  }

  async close(): Promise<void> {
    await this.cluster.disconnect();
  }

  /** Those of `topics` that do not exist. @throws AccessDeniedError when one of them may not be seen. */
  missing(topics: readonly string[]): Promise<readonly string[]> {
    return this.persist(`asking for topics ${topics.join(', ')}`, async () => {
      await this.catalogue.add(topics);
      const found = await Promise.all(topics.map((topic) => this.catalogue.look(topic)));
      const denied = topics.find((_, index) => found[index]!.errorCode === topicDenied);
      if (denied !== undefined) throw this.notReadable(denied);
      return topics.filter((_, index) => found[index]!.leaders.length === 0);
    });
  }

  hinted({ topic, part }: TopicPartition): Promise<Offset | undefined> {
    return this.persist(`asking for the committed offset of ${topic}/${part}`, async () => {
      const coordinator = await this.cluster.findGroupCoordinator({ groupId: this.group });
      const { responses } = await coordinator.offsetFetch({
        groupId: this.group,
        topics: [{ topic, partitions: [{ partition: part, offset: '' }] }],
      });
      const offset = Number(responses[0]?.partitions[0]?.offset ?? -1);
      return offset < 0 ? undefined : offset;
    });
  }

  edges(at: TopicPartition): Promise<PartitionEdges> {
    return this.persist(`asking for the edges of ${at.topic}/${at.part}`, async () => {
      await this.catalogue.add([at.topic]);
      const [start, end] = await Promise.all([this.edge(at, true), this.edge(at, false)]);
      return { start, end };
    });
  }

  peek(at: TopicPartition, offset: Offset): Promise<InboundRecord | undefined> {
    return this.persist(`peeking at ${at.topic}/${at.part} from ${offset}`, async () => {
      for (let from = offset; ;) {
        const fetched = await this.fetchOnce(at, from);
        if (fetched.errorCode === outOfRange) {
          const { start } = await this.edges(at);
          if (from >= start) return undefined;
          from = start;
          continue;
        }
        if (fetched.errorCode === topicDenied) throw this.notReadable(at.topic);
        if (fetched.errorCode !== 0) throw new Error(`error code ${fetched.errorCode}`);
        const { records, next } = await decodeRecords({ ...at, ...fetched, from }, inflate);
        if (records.length > 0 || next === from) return records[0];
        from = next;
      }
    });
  }

  private notReadable(topic: string): AccessDeniedError {
    const { principal } = this;
    return new AccessDeniedError({ principal, operation: 'Read', resource: 'topic', name: topic });
  }

  private notJoinable(cause: unknown): AccessDeniedError {
    const { principal, group } = this;
    return new AccessDeniedError({ principal, operation: 'Read', resource: 'group', name: group }, cause);
  }

  private async fetchOnce({ topic, part }: TopicPartition, from: Offset): Promise<FetchedPartition> {
    const { leaders, id: topicId } = await this.catalogue.look(topic);
    const leader = leaders[part] ?? -1;
    if (leader < 0) throw new Error('the partition has no leader');
    const broker = await this.cluster.findBroker({ nodeId: String(leader) });
    const limits = { maxWaitMs: 0, minBytes: 0, maxBytes: peekBytes, maxBytesPerPartition: peekBytes };
    const [fetched] = await ask(broker, fetchRequest([{ topicId, part, from }], limits));
    if (fetched === undefined) throw new Error('the answer does not cover the partition');
    return fetched;
  }

  private async edge({ topic, part }: TopicPartition, fromBeginning: boolean): Promise<Offset> {
    const [found] = await this.cluster.fetchTopicsOffset([
      { topic, partitions: [{ partition: part }], fromBeginning },
    ]);
    const offset = found?.partitions[0]?.offset;
    if (offset === undefined) throw new Error('no such partition');
    return Number(offset);
  }

  /** Tries again for two seconds: leaders and coordinators move, and a question is asked rarely. */
  private async persist<Answer>(attempted: string, question: () => Promise<Answer>): Promise<Answer> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await this.cluster.connect();
        return await question();
      } catch (error) {
        if (error instanceof AccessDeniedError) throw error;
        if (deniedIn(error)?.resource === 'group') throw this.notJoinable(error);
        if (attempt === attempts || isPermanent(error)) throw new KafkaUnavailableError(attempted, error);
      }
      await waitFor(this.clock, gapMs);
      await this.catalogue.refresh().catch(() => undefined);
    }
  }
}
