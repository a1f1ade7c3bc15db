import { KafkaCommandSink, KafkaEventSource, type KafkaOptions } from '#libs/kafka';
import { SystemClock } from '#libs/messaging';
import type { FloorClient } from './floor-client.js';

const clock = new SystemClock();

/** The driver that coordinator and participants use. */
export function driverClient(kafka: KafkaOptions): FloorClient {
  return {
    partitions: async (topic) => {
      const sink = new KafkaCommandSink(kafka, clock);
      await sink.start();
      const partitions = await sink.partitions(topic);
      await sink.stop();
      return partitions ?? 1;
    },
    producer: async () => {
      const sink = new KafkaCommandSink(kafka, clock);
      await sink.start();
      return (records) => void sink.publish(records);
    },
    read: async (topic, onRecords) => {
      const source = new KafkaEventSource(kafka, clock, { group: `relay-${topic}`, topics: [topic] });
      await source.start({
        assigned: (assigned) => assigned.forEach((at) => source.resume(at)),
        revoked: () => undefined,
        batch: ({ records }) => onRecords(records),
        progress: () => undefined,
        fatal: (error) => {
          throw error;
        },
      });
    },
  };
}
