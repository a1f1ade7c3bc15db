import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { startService, type LocalStack, type ServiceProcess } from '../../../deploy/local/src/index.js';
import { KafkaCommandSink, type KafkaOptions } from '#libs/kafka';
import { SystemClock, type InboundRecord } from '#libs/messaging';
import type { BenchOptions } from '../bench-options.js';
import { endingOf } from '../bench-orders.js';
import { imageOptions, serversOf, topics } from '../bench-system.js';
import { OrderBook, type OrderRange } from '../order-book.js';
import { placeAtOnce } from '../place-orders.js';
import { saturatedRun, type SaturatedRun } from '../saturated-run.js';
import { untilSettled } from '../settle.js';
import { readTopics } from '../topic-reader.js';
import { createTopics } from '../topics.js';
import { floorOrderOf, floorOrderRecord, floorOrdersTopic, isFloorOrder } from './floor-orders.js';
import { floorPrefix, type FloorShape } from './floor-shape.js';

/**
 * How fast the messages of a saga can go round at all: two processes on the same client in the roles of coordinator
 * and participants, the same topics, records as large as those of real sagas, no state and no database.
 */
export async function floorRun(
  stack: LocalStack,
  shape: FloorShape,
  options: BenchOptions,
): Promise<SaturatedRun> {
  const clock = new SystemClock();
  const kafka: KafkaOptions = { brokers: stack.kafkaBrokers, clientId: 'bench-floor' };
  await createTopics(stack.kafkaBrokers, [
    { name: floorOrdersTopic, partitions: options.partitions.events, stampedByBroker: true },
    { name: floorPrefix + topics.home, partitions: options.partitions.home, stampedByBroker: true },
    ...topics.commands.map((name) => ({
      name: floorPrefix + name,
      partitions: options.partitions.commands,
      stampedByBroker: false,
    })),
  ]);
  const file = writeShape(shape);
  const coordinator = await startRelay(stack, 'floor-coordinator', file, [
    floorOrdersTopic,
    floorPrefix + topics.home,
  ]);
  const participants = await startRelay(
    stack,
    'floor-participants',
    file,
    topics.commands.map((name) => floorPrefix + name),
  );
  const book = new OrderBook(endingOf);
  const reader = await readTopics(kafka, 'floor-reader', [floorOrdersTopic], (record) =>
    enterFloorRecord(book, record),
  );
  const sink = new KafkaCommandSink(kafka, clock);
  await sink.start();
  try {
    const make = (order: number, partitions: number) => floorOrderRecord(order, partitions, clock);
    const target = { sink, clock, topic: floorOrdersTopic, make };
    const warmUp: OrderRange = { first: 1, count: options.plan.floorWarmUp };
    await placeAtOnce(target, warmUp);
    await untilSettled(clock, warmUp.count, () => book.settledIn(warmUp));
    const processes = {
      coordinator: () => coordinator.pid,
      participants: () => participants.pid,
      ...serversOf(stack),
      bench: () => process.pid,
    };
    const range = { first: warmUp.count + 1, count: options.plan.floorQueued };
    const run = await saturatedRun({ clock, target, book, coordinator, processes }, range);
    const { lost } = book.verdict(range);
    if (lost > 0) throw new Error(`${lost} sagas of the floor did not come to an end`);
    return run;
  } finally {
    await Promise.all([coordinator.stop(), participants.stop(), reader.stop(), sink.stop()]);
  }
}

function startRelay(
  stack: LocalStack,
  name: string,
  shapeFile: string,
  read: readonly string[],
): Promise<ServiceProcess> {
  return startService({
    name,
    script: 'dist/test/load/floor/floor-relay.main.js',
    args: [shapeFile, ...read],
    env: { KAFKA_BROKERS: stack.kafkaBrokers.join(','), NODE_OPTIONS: imageOptions },
    stack,
    ready: { line: /^relaying$/ },
  });
}

function writeShape(shape: FloorShape): string {
  const folder = path.resolve('.skald', 'bench');
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, 'floor-shape.json');
  writeFileSync(file, JSON.stringify(shape));
  return file;
}

function enterFloorRecord(book: OrderBook, record: InboundRecord): void {
  const number = floorOrderOf(record.key?.toString('latin1') ?? '');
  if (isFloorOrder(record)) book.placed(number, record.timestamp);
  else
    book.noteOutcome({ number, id: 'floor', ending: endingOf(number), isSound: true, at: record.timestamp });
}
