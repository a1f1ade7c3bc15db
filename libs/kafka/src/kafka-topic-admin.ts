import type { Admin, ConfigResourceTypes, Kafka } from 'kafkajs';
import { NoLog, type Log } from '#libs/messaging';
import { LayoutError, TopicAdmin, type TopicDescription, type TopicSpec } from '#libs/orchestration';
import { deniedIn, denialText, topicDenied, type Denial } from './access-denied-error.js';
import { openKafka } from './kafka-client.js';
import { isPermanent, KafkaUnavailableError } from './kafka-errors.js';
import type { KafkaOptions } from './kafka-options.js';
import { ask, openCluster } from './kafkajs-internals.js';
import { principalOf } from './principal.js';
import { metadataRequest, type TopicLayout } from './wire/metadata-request.js';

const withinMs = 10_000;
/** Kafka's number for a topic among the kinds of things that have settings. */
const topicResource: ConfigResourceTypes.TOPIC = 2;

/** Makes topics of a Kafka cluster and looks at them. Each call has a connection of its own: there are few, far apart. */
export class KafkaTopicAdmin extends TopicAdmin {
  constructor(
    private readonly options: KafkaOptions,
    private readonly log: Log = new NoLog(),
  ) {
    super();
  }

  override describe(names: readonly string[]): Promise<readonly TopicDescription[]> {
    const attempted = `looking at topics ${names.join(', ')}`;
    return this.connected({ attempted, operation: 'DescribeConfigs', names }, async (admin, kafka) => {
      const present = await this.layouts(kafka, names);
      if (present.length === 0) return [];
      const configs = await configsOf(
        admin,
        present.map(({ topic }) => topic),
      );
      return present.map((layout) => describeTopic(layout, configs.get(layout.topic) ?? {}));
    });
  }

  override missing(names: readonly string[]): Promise<readonly string[]> {
    const attempted = `looking for topics ${names.join(', ')}`;
    return this.connected({ attempted, operation: 'Describe', names }, async (_, kafka) => {
      const present = new Set((await this.layouts(kafka, names)).map(({ topic }) => topic));
      return names.filter((name) => !present.has(name));
    });
  }

  override create(topics: readonly TopicSpec[]): Promise<void> {
    const names = topics.map(({ name }) => name);
    const attempted = `making topics ${names.join(', ')}`;
    return this.connected({ attempted, operation: 'Create', names }, async (admin, kafka) => {
      const present = new Set((await this.layouts(kafka, names)).map(({ topic }) => topic));
      const missing = topics.filter(({ name }) => !present.has(name));
      if (missing.length === 0) return;
      // Somebody else may make one of them meanwhile; then it exists, which is what was wanted.
      await admin.createTopics({ topics: missing.map(requestOf), waitForLeaders: false, timeout: withinMs });
      for (const topic of missing) await untilWritable(admin, topic);
    });
  }

  private async connected<T>(
    { attempted, operation, names }: Attempt,
    work: (admin: Admin, kafka: Kafka) => Promise<T>,
  ): Promise<T> {
    const kafka = openKafka(this.options, this.log);
    const admin = kafka.admin();
    try {
      await admin.connect();
      return await work(admin, kafka);
    } catch (error) {
      if (error instanceof LayoutError) throw error;
      const denied = deniedAmong(error);
      throw denied === undefined
        ? translated(attempted, error)
        : this.denied(operation, denied.name ?? names.join(', '), error);
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }

  /** Those that exist, in the order given. By our own request: the client's fails for all, or makes what is missing. */
  private async layouts(kafka: Kafka, names: readonly string[]): Promise<readonly TopicLayout[]> {
    if (names.length === 0) return [];
    const cluster = openCluster(kafka);
    try {
      await cluster.connect();
      const { topicMetadata } = await ask(
        await cluster.brokerPool.findConnectedBroker(),
        metadataRequest(names),
      );
      const denied = topicMetadata.find(({ topicErrorCode }) => topicErrorCode === topicDenied);
      if (denied !== undefined) throw this.denied('Describe', denied.topic);
      return names.flatMap((name) =>
        topicMetadata.filter((layout) => layout.topic === name && layout.partitionMetadata.length > 0),
      );
    } finally {
      await cluster.disconnect().catch(() => undefined);
    }
  }

  private denied(operation: Denial['operation'], name: string, cause?: unknown): LayoutError {
    const principal = principalOf(this.options);
    return new LayoutError(denialText({ principal, operation, resource: 'topic', name }), { cause });
  }
}

/** What is asked of the broker, and what it takes to be allowed. */
interface Attempt {
  readonly attempted: string;
  readonly operation: Denial['operation'];
  readonly names: readonly string[];
}

/**
 * Brokers hear of a new topic one after the other, and any of them may be asked: it counts as made when several answers
 * in a row know it with all its leaders. The client's own wait fails at the first broker that has not heard.
 */
async function untilWritable(admin: Admin, { name, partitions }: TopicSpec): Promise<void> {
  const until = performance.now() + withinMs;
  for (let known = 0; known < 5;) {
    const found = await admin.fetchTopicMetadata({ topics: [name] }).catch(() => undefined);
    const led = found?.topics[0]?.partitions.filter(({ leader }) => leader >= 0) ?? [];
    known = led.length >= partitions ? known + 1 : 0;
    if (performance.now() > until) throw new Error(`topic ${name} was made, but has no leaders yet`);
  }
}

async function configsOf(
  admin: Admin,
  names: readonly string[],
): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
  const resources = names.map((name) => ({ type: topicResource, name }));
  const { resources: found } = await admin.describeConfigs({ resources, includeSynonyms: false });
  return new Map(
    found.map(({ resourceName, configEntries }) => [
      resourceName,
      Object.fromEntries(configEntries.map(({ configName, configValue }) => [configName, configValue])),
    ]),
  );
}

function describeTopic(
  { topic: name, partitionMetadata }: TopicLayout,
  config: Readonly<Record<string, string>>,
): TopicDescription {
  return {
    name,
    partitions: partitionMetadata.length,
    replication: Math.min(...partitionMetadata.map(({ replicas }) => replicas.length)),
    config,
  };
}

function requestOf({ name, partitions, replication, config }: TopicSpec) {
  return {
    topic: name,
    numPartitions: partitions,
    // -1 leaves it to the broker.
    replicationFactor: replication ?? -1,
    configEntries: Object.entries(config).map(([key, value]) => ({ name: key, value })),
  };
}

const refusals: ReadonlySet<unknown> = new Set([
  'INVALID_CONFIG',
  'INVALID_PARTITIONS',
  'INVALID_REPLICATION_FACTOR',
  'INVALID_TOPIC_EXCEPTION',
  'POLICY_VIOLATION',
]);

/** Errors of making several topics come together. */
function partsOf(error: unknown): readonly unknown[] {
  return (error as { readonly errors?: readonly Error[] }).errors ?? [error];
}

function deniedAmong(error: unknown) {
  return partsOf(error)
    .map(deniedIn)
    .find((denied) => denied !== undefined);
}

function translated(attempted: string, error: unknown): Error {
  const errors = partsOf(error);
  const refused = errors.find(
    (one) => isPermanent(one) || refusals.has((one as { readonly type?: unknown }).type),
  );
  if (refused === undefined) return new KafkaUnavailableError(attempted, error);
  const { topic, message } = refused as { readonly topic?: string; readonly message: string };
  return new LayoutError(
    `the broker refuses ${attempted}: ${topic === undefined ? '' : `${topic}: `}${message}`,
    { cause: error },
  );
}
