import { readFileSync } from 'node:fs';
import { kafkaOptionsFromEnv } from '#libs/kafka';
import { commandPartition, homeOf, type OutgoingRecord } from '#libs/messaging';
import { driverClient } from './driver-client.js';
import type { RelayedRecord } from './floor-client.js';
import { floorOrderOf, isFloorOrder } from './floor-orders.js';
import { firstMessage, markedMessages, placeOf, type FloorShape } from './floor-shape.js';
import { plainClient } from './plain-client.js';

/**
 * One side of the bare Kafka round trips of a saga: whatever arrives is answered by the next message of its saga.
 * Nothing is decoded beyond the place of the message, and nothing is stored.
 *
 * Arguments: `driver` or `kafkajs`, a file with the shape of the messages, then the topics to read.
 */
const [clientName, shapeFile = '', ...topics] = process.argv.slice(2);
const shape = JSON.parse(readFileSync(shapeFile, 'utf8')) as FloorShape;
const messages = markedMessages(shape);
const kafka = kafkaOptionsFromEnv(process.env, 'floor');
const client = clientName === 'kafkajs' ? plainClient(kafka.brokers) : driverClient(kafka);
const partitions = new Map<string, number>();

function next(record: RelayedRecord): OutgoingRecord | undefined {
  const key = record.key?.toString('latin1') ?? '';
  const place = placeOf(record.headers);
  const message = messages[followerOf(record, key, place)];
  if (message === undefined) return undefined;
  const count = partitions.get(message.topic) ?? 1;
  const part = message.topic.endsWith('.home') ? homeOf(key, count) : commandPartition(key, count);
  return { ...message, key, part };
}

/** Place of the message that follows, or -1: outcomes are read by the gate as well and lead to nothing. */
function followerOf(record: RelayedRecord, key: string, place: number | undefined): number {
  if (isFloorOrder(record)) return firstMessage(shape, floorOrderOf(key));
  return place === undefined || record.topic.endsWith('.events') ? -1 : place + 1;
}

for (const topic of new Set(messages.map((message) => message.topic))) {
  partitions.set(topic, await client.partitions(topic));
}
// The gates of a coordinator have a producer of their own.
const [send, sendFromGate] = [await client.producer(), await client.producer()];
for (const topic of topics) {
  const answer = topic.endsWith('.events') ? sendFromGate : send;
  await client.read(topic, (records) => {
    const following = records.map(next).filter((each) => each !== undefined);
    if (following.length > 0) answer(following);
  });
}
process.once('SIGTERM', () => process.exit(0));
process.stdout.write('relaying\n');
