import { Kafka, logLevel } from 'kafkajs';
import { KafkaCommandSink, KafkaEventSource } from '#libs/kafka';
import { SystemClock, type OutgoingRecord, type TopicPartition } from '#libs/messaging';

/**
 * CPU that a record costs in this process, sent and read by the driver and by plain kafkajs.
 *
 *     node dist/test/load/kafka-driver.js 127.0.0.1:9092 [records]
 */
const [broker = '127.0.0.1:9092', count = '100000'] = process.argv.slice(2);
const total = Number(count);
const batchRecords = 500;
const partitions = 8;
const headerNames = 17;

interface Figure {
  readonly what: string;
  readonly recordsPerSecond: number;
  readonly cpuMicrosPerRecord: number;
}

const kafka = new Kafka({ brokers: [broker], clientId: 'load', logLevel: logLevel.NOTHING });
const clock = new SystemClock();

async function main(): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  const topics = ['a', 'b'].map((name) => `load-${process.pid}-${name}`);
  await admin.createTopics({
    topics: topics.map((topic) => ({ topic, numPartitions: partitions })),
    waitForLeaders: true,
  });
  const [ours, theirs] = topics as [string, string];
  const figures = [await send(ours), await sendPlain(theirs), await read(ours), await readPlain(theirs)];
  console.table(figures);
  await admin.deleteTopics({ topics });
  await admin.disconnect();
}

async function measure(what: string, work: () => Promise<void>): Promise<Figure> {
  const cpu = process.cpuUsage();
  const from = performance.now();
  await work();
  const ms = performance.now() - from;
  const { user, system } = process.cpuUsage(cpu);
  return {
    what,
    recordsPerSecond: Math.round((total / ms) * 1_000),
    cpuMicrosPerRecord: Number(((user + system) / total).toFixed(2)),
  };
}

function records(topic: string, from: number): OutgoingRecord[] {
  return Array.from({ length: batchRecords }, (_, index) => {
    const headers: Record<string, string> = {};
    for (let name = 0; name < headerNames; name += 1)
      headers[`ce_attribute${name}`] = `value-of-${name}-${from + index}-0123456789`;
    const part = (from + index) % partitions;
    return {
      topic,
      part,
      key: `0190f5e1-1c1b-7a3b-8000-${from + index}`,
      value: `{"orderId":"o-${from + index}","amount":1234,"items":[1,2,3]}`,
      headers,
    };
  });
}

/** Made before measuring, and sent again and again. */
function poolOf(topic: string): readonly OutgoingRecord[][] {
  return Array.from({ length: 20 }, (_, batch) => records(topic, batch * batchRecords));
}

async function send(topic: string): Promise<Figure> {
  const sink = new KafkaCommandSink({ brokers: [broker], clientId: 'load' }, clock);
  await sink.start();
  const pool = poolOf(topic);
  const figure = await measure('driver sends', async () => {
    const under: Promise<unknown>[] = [];
    for (let from = 0; from < total; from += batchRecords) {
      under.push(sink.publish(pool[(from / batchRecords) % pool.length]!));
      if (under.length === 4) await under.shift();
    }
    await Promise.all(under);
  });
  await sink.stop();
  return figure;
}

async function sendPlain(topic: string): Promise<Figure> {
  const producer = kafka.producer({
    idempotent: true,
    createPartitioner:
      () =>
      ({ message }) =>
        message.partition ?? 0,
  });
  await producer.connect();
  const pool = poolOf(topic).map((batch) =>
    batch.map(({ part, key, value, headers }) => ({ partition: part, key, value, headers: { ...headers } })),
  );
  const figure = await measure('kafkajs sends', async () => {
    for (let from = 0; from < total; from += batchRecords) {
      await producer.send({ topic, messages: pool[(from / batchRecords) % pool.length]! });
    }
  });
  await producer.disconnect();
  return figure;
}

async function read(topic: string): Promise<Figure> {
  const source = new KafkaEventSource({ brokers: [broker], clientId: 'load' }, clock, {
    group: `load-${process.pid}`,
    topics: [topic],
  });
  let left = total;
  let done: () => void = () => undefined;
  const all = new Promise<void>((resolve) => {
    done = resolve;
  });
  const waiting: TopicPartition[] = [];
  await source.start({
    assigned: (assigned) => waiting.push(...assigned),
    revoked: () => undefined,
    batch: (batch) => {
      left -= batch.records.length;
      if (left <= 0) done();
    },
    progress: () => undefined,
    fatal: (error) => console.error(error),
  });
  const figure = await measure('driver reads', async () => {
    for (const at of waiting) source.resume(at);
    await all;
  });
  await source.stop();
  return figure;
}

async function readPlain(topic: string): Promise<Figure> {
  const consumer = kafka.consumer({ groupId: `load-plain-${process.pid}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  let left = total;
  const figure = await measure(
    'kafkajs reads',
    () =>
      new Promise<void>((resolve) => {
        void consumer.run({
          autoCommit: false,
          eachBatch: ({ batch }) => {
            left -= batch.messages.length;
            if (left <= 0) resolve();
            return Promise.resolve();
          },
        });
      }),
  );
  await consumer.disconnect();
  return figure;
}

await main();
