import { Kafka, logLevel } from 'kafkajs';

/** A topic to be made for a run. */
export interface BenchTopic {
  readonly name: string;
  readonly partitions: number;
  /** Whether records carry the time at which the broker stored them. */
  readonly stampedByBroker: boolean;
}

/** Makes topics. @throws Error when one exists: what others left in it would be counted. */
export async function createTopics(brokers: readonly string[], topics: readonly BenchTopic[]): Promise<void> {
  const admin = new Kafka({ clientId: 'bench', brokers: [...brokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
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
  } finally {
    await admin.disconnect();
  }
}
