import { Kafka, logLevel, type IHeaders, type KafkaMessage } from 'kafkajs';
import type { OutgoingRecord } from '#libs/messaging';
import type { FloorClient, RelayedRecord } from './floor-client.js';

/** Records in one request at most: kafkajs does not look at sizes, and a broker refuses more than 1 MB for a partition. */
const requestRecords = 600;

/** kafkajs as it comes, used as well as it can be: batches, one request at a time, no commits. */
export function plainClient(brokers: readonly string[]): FloorClient {
  const kafka = new Kafka({ clientId: 'plain', brokers: [...brokers], logLevel: logLevel.NOTHING });
  return {
    partitions: async (topic) => {
      const admin = kafka.admin();
      await admin.connect();
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      await admin.disconnect();
      return topics[0]?.partitions.length ?? 1;
    },
    producer: async () => {
      const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 });
      await producer.connect();
      return new PlainSender((records) => producer.sendBatch({ acks: -1, topicMessages: byTopic(records) }))
        .send;
    },
    read: async (topic, onRecords) => {
      const consumer = kafka.consumer({ groupId: `relay-${topic}`, maxWaitTimeInMs: 100 });
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: true,
        eachBatch: ({ batch }) => {
          onRecords(batch.messages.map((message) => recordOf(topic, message)));
          return Promise.resolve();
        },
      });
    },
  };
}

/** An idempotent producer of kafkajs allows one request at a time: what comes meanwhile goes with the next. */
class PlainSender {
  private waiting: OutgoingRecord[] = [];
  private isSending = false;

  constructor(private readonly request: (records: readonly OutgoingRecord[]) => Promise<unknown>) {}

  readonly send = (records: readonly OutgoingRecord[]): void => {
    for (const record of records) this.waiting.push(record);
    if (!this.isSending) void this.drain();
  };

  private async drain(): Promise<void> {
    this.isSending = true;
    // One turn later, so that the batches of one fetch leave together.
    await Promise.resolve();
    while (this.waiting.length > 0) await this.request(this.waiting.splice(0, requestRecords));
    this.isSending = false;
  }
}

function byTopic(records: readonly OutgoingRecord[]) {
  const topics = new Map<string, OutgoingRecord[]>();
  for (const record of records) {
    const some = topics.get(record.topic);
    if (some === undefined) topics.set(record.topic, [record]);
    else some.push(record);
  }
  return [...topics].map(([topic, some]) => ({
    topic,
    messages: some.map(({ part, key, value, headers }) => ({
      partition: part,
      key,
      value,
      headers: { ...headers },
    })),
  }));
}

function recordOf(topic: string, { key, headers }: KafkaMessage): RelayedRecord {
  return { topic, key, headers: bytesOf(headers ?? {}) };
}

/** Read from the wire, a header that is not repeated is always bytes. */
function bytesOf(headers: IHeaders): Record<string, Buffer> {
  return headers as Record<string, Buffer>;
}
