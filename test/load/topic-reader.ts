import { KafkaEventSource, type KafkaOptions } from '#libs/kafka';
import { partitionName, SystemClock, type InboundRecord, type Offset } from '#libs/messaging';

/** Reads until it is stopped. */
export interface TopicReader {
  stop(): Promise<void>;
}

// What is measured is the broker's time, so the reader may be late; few large fetches take little from the machine.
const lazily = { maxWaitMs: 500, minBytes: 500_000 };

/** Reads topics from their beginning, or from offsets by `topic/partition`, beside whoever else reads them. */
export async function readTopics(
  kafka: KafkaOptions,
  group: string,
  topics: readonly string[],
  onRecord: (record: InboundRecord) => void,
  from: ReadonlyMap<string, Offset> = new Map(),
): Promise<TopicReader> {
  const source = new KafkaEventSource(kafka, new SystemClock(), { group, topics, ...lazily });
  await source.start({
    assigned: (partitions) =>
      partitions.forEach((at) => {
        const offset = from.get(partitionName(at));
        if (offset !== undefined) source.seek(at, offset);
        source.resume(at);
      }),
    revoked: () => undefined,
    batch: ({ records }) => records.forEach(onRecord),
    progress: () => undefined,
    fatal: (error) => {
      throw error;
    },
  });
  return { stop: () => source.stop() };
}
