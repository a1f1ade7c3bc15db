import { Kafka, logLevel, type Admin } from 'kafkajs';

/** A topic to be made for a run. */
export interface BenchTopic {
  readonly name: string;
  readonly partitions: number;
  /** Whether records carry the time at which the broker stored them. */
  readonly stampedByBroker: boolean;
}

/** Makes topics. @throws Error when one exists: what others left in it would be counted. */
export async function createTopics(brokers: readonly string[], topics: readonly BenchTopic[]): Promise<void> {
  await withAdmin(brokers, async (admin) => {
    const existing = new Set(await admin.listTopics());
    const present = topics.filter(({ name }) => existing.has(name)).map(({ name }) => name);
    if (present.length > 0)
      throw new Error(`the broker has ${present.join(', ')} already: the bench needs an empty one`);
    await admin.createTopics({
      waitForLeaders: true,
      topics: topics.map(({ name, partitions, stampedByBroker }) => ({
        topic: name,
        numPartitions: partitions,
        replicationFactor: 1,
        configEntries: stampedByBroker ? [{ name: 'message.timestamp.type', value: 'LogAppendTime' }] : [],
      })),
    });
  });
}

/** Where each partition of a topic ends now. */
export function endsOf(
  brokers: readonly string[],
  topic: string,
): Promise<readonly (readonly [number, number])[]> {
  return withAdmin(brokers, async (admin) =>
    (await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, Number(high)] as const),
  );
}

async function withAdmin<T>(brokers: readonly string[], work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new Kafka({ clientId: 'bench', brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}
