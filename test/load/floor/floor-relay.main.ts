import { readFileSync } from 'node:fs';
import { KafkaCommandSink, KafkaEventSource, kafkaOptionsFromEnv } from '#libs/kafka';
import {
  commandPartition,
  homeOf,
  SystemClock,
  type CommandSink,
  type InboundRecord,
  type OutgoingRecord,
} from '#libs/messaging';
import { floorOrderOf, isFloorOrder } from './floor-orders.js';
import { firstMessage, markedMessages, placeOf, type FloorShape } from './floor-shape.js';

/**
 * One side of the bare Kafka round trips of a saga: whatever arrives is answered by the next message of its saga.
 * Nothing is decoded beyond the place of the message, and nothing is stored.
 *
 * Arguments: a file with the shape of the messages, then the topics to read, each with a group of its own.
 */
const [shapeFile = '', ...topics] = process.argv.slice(2);
const shape = JSON.parse(readFileSync(shapeFile, 'utf8')) as FloorShape;
const messages = markedMessages(shape);
const clock = new SystemClock();
const kafka = kafkaOptionsFromEnv(process.env, 'floor');
const partitions = new Map<string, number>();

function next(record: InboundRecord): OutgoingRecord | undefined {
  const key = record.key?.toString('latin1') ?? '';
  const place = placeOf(record.headers);
  const at = isFloorOrder(record)
    ? firstMessage(shape, floorOrderOf(key))
    : place === undefined
      ? undefined
      : place + 1;
  const message = at === undefined || isOutcome(record, place) ? undefined : messages[at];
  if (message === undefined) return undefined;
  const count = partitions.get(message.topic) ?? 1;
  const part = message.topic.endsWith('.home') ? homeOf(key, count) : commandPartition(key, count);
  return { ...message, key, part };
}

/** The last message of a saga is read by the gate as well, and leads to nothing. */
function isOutcome(record: InboundRecord, place: number | undefined): boolean {
  return place !== undefined && messages[place]?.topic === record.topic && record.topic.endsWith('.events');
}

async function relay(topic: string, sink: CommandSink): Promise<void> {
  const source = new KafkaEventSource(kafka, clock, { group: `relay-${topic}`, topics: [topic] });
  await source.start({
    assigned: (assigned) => assigned.forEach((at) => source.resume(at)),
    revoked: () => undefined,
    batch: ({ records }) => {
      const following = records.map(next).filter((each) => each !== undefined);
      if (following.length > 0) void sink.publish(following);
    },
    progress: () => undefined,
    fatal: (error) => {
      throw error;
    },
  });
}

const sink = new KafkaCommandSink(kafka, clock);
await sink.start();
for (const { topic } of messages) partitions.set(topic, (await sink.partitions(topic)) ?? 1);
// The gates of a coordinator have a producer of their own.
const gateSink = new KafkaCommandSink(kafka, clock);
await gateSink.start();
for (const topic of topics) await relay(topic, topic.endsWith('.events') ? gateSink : sink);
process.once('SIGTERM', () => process.exit(0));
process.stdout.write('relaying\n');
