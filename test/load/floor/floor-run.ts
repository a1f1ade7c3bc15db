import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startService, type LocalStack, type ServiceProcess } from '../../../deploy/local/src/index.js';
import { KafkaCommandSink, type KafkaOptions } from '#libs/kafka';
import { SystemClock, type InboundRecord } from '#libs/messaging';
import type { BenchOptions } from '../bench-options.js';
import { endingOf } from '../bench-orders.js';
import { imageOptions, serversOf, topics } from '../bench-system.js';
import { pidsOf } from '../cpu-meter.js';
import { OrderBook, type OrderRange } from '../order-book.js';
import { placeAtOnce } from '../place-orders.js';
import { saturatedRun, type SaturatedRun } from '../saturated-run.js';
import { untilSettled } from '../settle.js';
import { readTopics } from '../topic-reader.js';
import { createTopics } from '../topics.js';
import { floorOrderOf, floorOrderRecord, isFloorOrder } from './floor-orders.js';
import { floorTopic, type FloorClientName, type FloorMessage, type FloorShape } from './floor-shape.js';

/**
 * How fast the messages of a saga can go round at all: two processes in the roles of coordinator and participants, the
 * same topics, records as large as those of real sagas, no state and no database.
 */
export async function floorRun(
  stack: LocalStack,
  client: FloorClientName,
  shape: FloorShape,
  options: BenchOptions,
): Promise<SaturatedRun> {
  const clock = new SystemClock();
  const kafka: KafkaOptions = { brokers: stack.kafkaBrokers, clientId: 'bench-floor' };
  const { ordersTopic, homeTopic, commandTopics } = await createFloorTopics(stack, client, options);
  const relay = { client, stack, shapeFile: writeShape(client, shape) };
  const coordinator = await startRelay({
    ...relay,
    name: 'floor-coordinator',
    read: [ordersTopic, homeTopic],
  });
  const participants = await startRelay({ ...relay, name: 'floor-participants', read: commandTopics });
  const book = new OrderBook(endingOf);
  const reader = await readTopics(kafka, `${client}-floor-reader`, [ordersTopic], (record) =>
    enterFloorRecord(book, record),
  );
  const sink = new KafkaCommandSink(kafka, clock);
  await sink.start();
  try {
    const make = (order: number, partitions: number) =>
      floorOrderRecord(ordersTopic, order, partitions, clock);
    const target = { sink, clock, topic: ordersTopic, make };
    const warmUp: OrderRange = { first: 1, count: options.plan.floorWarmUp };
    await placeAtOnce(target, warmUp);
    await untilSettled(clock, warmUp.count, () => book.settledIn(warmUp));
    const processes = {
      coordinator: pidsOf(coordinator),
      participants: pidsOf(participants),
      ...serversOf(stack),
      bench: pidsOf(process),
    };
    const range = { first: warmUp.count + 1, count: options.plan.floorQueued };
    const run = await saturatedRun({ clock, target, book, coordinators: [coordinator], processes }, range);
    const { lost } = book.verdict(range);
    if (lost > 0) throw new Error(`${lost} sagas of the floor did not come to an end`);
    return run;
  } finally {
    await Promise.all([coordinator.stop(), participants.stop(), reader.stop(), sink.stop()]);
  }
}

async function createFloorTopics(stack: LocalStack, client: FloorClientName, { partitions }: BenchOptions) {
  const ordersTopic = floorTopic(client, topics.events);
  const homeTopic = floorTopic(client, topics.home);
  const commandTopics = topics.commands.map((name) => floorTopic(client, name));
  await createTopics(stack.kafkaBrokers, [
    { name: ordersTopic, partitions: partitions.events, stampedByBroker: true },
    { name: homeTopic, partitions: partitions.home, stampedByBroker: true },
    ...commandTopics.map((name) => ({ name, partitions: partitions.commands, stampedByBroker: false })),
  ]);
  return { ordersTopic, homeTopic, commandTopics };
}

interface Relay {
  readonly stack: LocalStack;
  readonly client: FloorClientName;
  readonly shapeFile: string;
  readonly name: string;
  readonly read: readonly string[];
}

function startRelay({ stack, client, shapeFile, name, read }: Relay): Promise<ServiceProcess> {
  return startService({
    name: `${name}-${client}`,
    script: 'dist/test/load/floor/floor-relay.main.js',
    args: [client, shapeFile, ...read],
    env: { KAFKA_BROKERS: stack.kafkaBrokers.join(','), NODE_OPTIONS: imageOptions },
    stack,
    ready: { line: /^relaying$/ },
  });
}

function writeShape(client: FloorClientName, { fulfilled, rejected }: FloorShape): string {
  const placed = (message: FloorMessage): FloorMessage => ({
    ...message,
    topic: floorTopic(client, message.topic),
  });
  const shape: FloorShape = { fulfilled: fulfilled.map(placed), rejected: rejected.map(placed) };
  const folder = path.resolve('.skald', 'bench');
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `floor-${client}.json`);
  writeFileSync(file, JSON.stringify(shape));
  return file;
}

function enterFloorRecord(book: OrderBook, record: InboundRecord): void {
  const number = floorOrderOf(record.key?.toString('latin1') ?? '');
  if (isFloorOrder(record)) book.placed(number, record.timestamp);
  else
    book.noteOutcome({ number, id: 'floor', ending: endingOf(number), isSound: true, at: record.timestamp });
}
