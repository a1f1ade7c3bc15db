import type { Admin, ConfigResourceTypes, ITopicMetadata } from 'kafkajs';
import { NoLog, type Log } from '#libs/messaging';
import { LayoutError, TopicAdmin, type TopicDescription, type TopicSpec } from '#libs/orchestration';
import { openKafka } from './kafka-client.js';
import { isPermanent, KafkaUnavailableError } from './kafka-errors.js';
import type { KafkaOptions } from './kafka-options.js';

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
    return this.connected(`looking at topics ${names.join(', ')}`, async (admin) => {
      const present = await presentOf(admin, names);
      if (present.length === 0) return [];
      const { topics } = await admin.fetchTopicMetadata({ topics: [...present] });
      const configs = await configsOf(admin, present);
      return present.flatMap((name) => {
        const topic = topics.find((one) => one.name === name);
        return topic === undefined ? [] : [describeTopic(topic, configs.get(name) ?? {})];
      });
    });
  }

  override create(topics: readonly TopicSpec[]): Promise<void> {
    const names = topics.map(({ name }) => name);
    return this.connected(`making topics ${names.join(', ')}`, async (admin) => {
      const present = new Set(await presentOf(admin, names));
      const missing = topics.filter(({ name }) => !present.has(name));
      if (missing.length === 0) return;
      // Somebody else may make one of them meanwhile; then it exists, which is what was wanted.
      await admin.createTopics({ topics: missing.map(requestOf), waitForLeaders: false, timeout: withinMs });
      for (const topic of missing) await untilWritable(admin, topic);
    });
  }

  private async connected<T>(attempted: string, ask: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = openKafka(this.options, this.log).admin();
    try {
      await admin.connect();
      return await ask(admin);
    } catch (error) {
      throw translated(attempted, error);
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
  }
}

/** Asked as a list of all topics: asking for one that is missing would be an error, or would make it. */
async function presentOf(admin: Admin, names: readonly string[]): Promise<readonly string[]> {
  const present = new Set(await admin.listTopics());
  return names.filter((name) => present.has(name));
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
  { name, partitions }: ITopicMetadata,
  config: Readonly<Record<string, string>>,
): TopicDescription {
  return {
    name,
    partitions: partitions.length,
    replication: Math.min(...partitions.map(({ replicas }) => replicas.length)),
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

function translated(attempted: string, error: unknown): Error {
  const errors = (error as { readonly errors?: readonly Error[] }).errors ?? [error];
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
