import { Kafka, logLevel, type Admin, type Producer } from 'kafkajs';
import {
  KafkaCommandSink,
  KafkaEventSource,
  type KafkaOptions,
  type KafkaSinkSettings,
  type KafkaSourceSettings,
} from '#libs/kafka';
import { SystemClock, type CommandSink, type EventSource, type InboundRecord } from '#libs/messaging';
import {
  SourceWatcher,
  type CommandSinkBench,
  type ContractSubject,
  type EventSourceBench,
} from '#libs/testing';

/** Plain kafkajs, to see and do things behind the driver's back. */
export class Workbench {
  readonly admin: Admin;
  private readonly producers = new Map<string, Promise<Producer>>();
  private readonly kafka: Kafka;
  private readonly closing: (() => Promise<unknown>)[] = [];

  constructor(readonly brokers: readonly string[]) {
    this.kafka = new Kafka({
      brokers: [...brokers],
      clientId: 'bench',
      logLevel: logLevel.NOTHING,
      requestTimeout: 3_000,
      retry: { retries: 20 },
    });
    this.admin = this.kafka.admin();
  }

  get options(): KafkaOptions {
    return { brokers: this.brokers, clientId: 'under-test' };
  }

  async open(): Promise<void> {
    await this.admin.connect();
  }

  /** Closes what was made for a test. */
  async tidy(): Promise<void> {
    const producers = [...this.producers.values()];
    this.producers.clear();
    await Promise.all(producers.map(async (producer) => (await producer).disconnect()));
    await Promise.all(this.closing.splice(0).map((close) => close()));
  }

  async close(): Promise<void> {
    await this.tidy();
    await this.admin.disconnect();
  }

  async topic(
    partitions: number,
    config: Readonly<Record<string, string>> = {},
    replicas = 1,
  ): Promise<string> {
    const topic = unusedName('t');
    await this.createTopic(topic, partitions, config, replicas);
    return topic;
  }

  async createTopic(
    topic: string,
    numPartitions: number,
    config: Readonly<Record<string, string>> = {},
    replicationFactor = 1,
  ): Promise<void> {
    const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
    await this.admin.createTopics({
      topics: [{ topic, numPartitions, replicationFactor, configEntries }],
      waitForLeaders: false,
    });
    await this.untilMade(topic, numPartitions);
  }

  /** Brokers hear of a topic one after the other; asked is any of them, so it has to be known several times in a row. */
  private async untilMade(topic: string, partitions: number): Promise<void> {
    for (let known = 0, asked = 0; known < 5; asked += 1) {
      const found = await this.admin.fetchTopicMetadata({ topics: [topic] }).catch(() => undefined);
      const led = found?.topics[0]?.partitions.filter(({ leader }) => leader >= 0) ?? [];
      known = led.length === partitions ? known + 1 : 0;
      if (asked > 1_000) throw new Error(`topic ${topic} was not made in time`);
    }
  }

  /** Deletes and makes a topic; the name is free only when the broker has forgotten it. */
  async recreate(topic: string, partitions: number): Promise<void> {
    await this.admin.deleteTopics({ topics: [topic] });
    for (;;) {
      const made = await this.createTopic(topic, partitions).then(
        () => true,
        () => false,
      );
      if (made) return;
    }
  }

  /** Throws away what lies before `offset`, as retention does. */
  async truncateBefore(topic: string, partition: number, offset: number): Promise<void> {
    // The client deletes only where it knows the leader already.
    await this.admin.fetchTopicOffsets(topic);
    await this.admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(offset) }] });
  }

  sink(settings: KafkaSinkSettings = {}): KafkaCommandSink {
    const sink = new KafkaCommandSink(this.options, new SystemClock(), settings);
    this.closing.push(() => sink.stop());
    return sink;
  }

  source(settings: KafkaSourceSettings): KafkaEventSource {
    const source = new KafkaEventSource(this.options, new SystemClock(), { ...quick, ...settings });
    this.closing.push(() => source.stop());
    return source;
  }

  /** All records of a partition at present, read by a source of its own. */
  async stored(topic: string, part: number): Promise<readonly InboundRecord[]> {
    const source = this.source({ group: unusedName('g'), topics: [topic] });
    const { end } = await source.edges({ topic, part });
    const records: InboundRecord[] = [];
    for (let offset = 0; offset < end;) {
      const record = await source.peek({ topic, part }, offset);
      if (record === undefined) break;
      records.push(record);
      offset = record.offset + 1;
    }
    await source.stop();
    return records;
  }

  /** Values of all records of a partition at present, read in batches. */
  async storedQuickly(topic: string, part: number): Promise<readonly string[]> {
    const source = this.source({ group: unusedName('g'), topics: [topic] });
    const { end } = await source.edges({ topic, part });
    const watcher = new SourceWatcher();
    watcher.onAssigned = (at) => {
      if (at.part === part) source.resume(at);
    };
    await source.start(watcher);
    await watcher.until(
      'the partition is read',
      () => end === 0 || watcher.batches.some((batch) => batch.next >= end),
    );
    await source.stop();
    return watcher.values(part).map((value) => value ?? '');
  }

  async append(topic: string, partition: number, values: readonly string[]): Promise<void> {
    const producer = await this.producerFor(topic);
    await producer.send({
      topic,
      messages: values.map((value) => ({
        partition,
        key: `key of ${value}`,
        value,
        headers: { note: `note of ${value}` },
      })),
    });
  }

  /** One for each topic: a topic that is deleted spoils the client's producer for all others. */
  producerFor(topic: string): Promise<Producer> {
    let made = this.producers.get(topic);
    if (made === undefined) {
      const producer = this.kafka.producer({
        allowAutoTopicCreation: false,
        createPartitioner:
          () =>
          ({ message }) =>
            message.partition ?? 0,
      });
      made = producer.connect().then(() => producer);
      this.producers.set(topic, made);
    }
    return made;
  }

  /** An aborted transaction: a record and a marker that no committed reader sees. */
  async appendHidden(topic: string, partition: number): Promise<void> {
    const producer = this.kafka.producer({
      transactionalId: unusedName('transaction'),
      idempotent: true,
      maxInFlightRequests: 1,
      createPartitioner: () => () => partition,
    });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ value: 'aborted' }] });
    await transaction.abort();
    await producer.disconnect();
  }

  sourceBench(): () => Promise<ContractSubject<EventSourceBench>> {
    return async () => {
      const topic = await this.topic(2);
      const group = unusedName('g');
      const bench: EventSourceBench = {
        topic,
        source: () => this.source({ group, topics: [topic], fatalAfterMs: 1_500 }),
        append: (part, values) => this.append(topic, part, values),
        appendHidden: (part) => this.appendHidden(topic, part),
        truncateBefore: (part, offset) => this.truncateBefore(topic, part, offset),
        recreate: () => this.recreate(topic, 2),
        die: plantDeath,
        ruin: (source) => {
          Reflect.set(
            Reflect.get(source, 'keeper') as object,
            'kafka',
            new Kafka({ brokers: ['127.0.0.1:1'], logLevel: logLevel.NOTHING, retry: { retries: 0 } }),
          );
          plantDeath(source);
        },
      };
      return { subject: bench, close: () => this.tidy() };
    };
  }

  sinkBench(): () => Promise<ContractSubject<CommandSinkBench>> {
    return async () => {
      const topic = await this.topic(2, { 'max.message.bytes': '20000' });
      const blockedTopic = await this.topic(1);
      const bench: CommandSinkBench = {
        topic,
        blockedTopic,
        missingTopic: unusedName('missing'),
        tooLarge: 30_000,
        sink: (): CommandSink => {
          const sink = this.sink({ giveUpAfterMs: 4_000, missingTopicAfterMs: 1_500 });
          plantMissingReplicas(sink, blockedTopic);
          return sink;
        },
        stored: (part) => this.stored(topic, part),
      };
      return { subject: bench, close: () => this.tidy() };
    };
  }
}

/** A name that no test has used, in this run or an earlier one on the same broker. */
export function unusedName(prefix: string): string {
  return `${prefix}-${process.pid}-${process.hrtime.bigint()}`;
}

/** Short times, so that tests of accidents end soon. The broker allows no session below six seconds. */
const quick = {
  sessionTimeoutMs: 6_000,
  heartbeatIntervalMs: 500,
  rebalanceTimeoutMs: 6_000,
  maxWaitMs: 50,
} as const;

/** The next fetch fails with an error that kafkajs takes for a mistake in the program: it stops for good. */
export function plantDeath(source: EventSource): void {
  plantFetch(source, () => Promise.reject(new TypeError('planted')));
}

/** The next fetch never ends. */
export function plantStandstill(source: EventSource): Promise<void> {
  return new Promise((resolve) => {
    plantFetch(source, () => {
      resolve();
      return new Promise(() => undefined);
    });
  });
}

function plantFetch(source: EventSource, fetch: () => Promise<unknown>): void {
  const keeper = Reflect.get(source, 'keeper') as object;
  const life: unknown = Reflect.get(keeper, 'life');
  if (typeof life !== 'object' || life === null) throw new Error('the source is not reading');
  Reflect.set(life, 'fetch', fetch);
}

interface ProduceExchange {
  readonly request: { readonly apiName: string };
  readonly response: {
    readonly decode: (
      payload: Buffer,
    ) => Promise<{ readonly answer: readonly { readonly topic: string; readonly errorCode: number }[] }>;
  };
}

interface BrokerParts {
  readonly connectionPool: { send: (exchange: ProduceExchange) => Promise<unknown> };
}

/**
 * Lets the leader answer "not enough replicas" for one topic: a lone broker counts itself as enough. The test with three
 * brokers has it for real.
 */
function plantMissingReplicas(sink: CommandSink, topic: string): void {
  const session = Reflect.get(sink, 'session') as { leader(node: number): Promise<BrokerParts> };
  const leader = session.leader.bind(session);
  session.leader = async (node) => {
    const broker = await leader(node);
    const send = broker.connectionPool.send.bind(broker.connectionPool);
    return Object.assign(Object.create(broker) as BrokerParts, {
      connectionPool: {
        send: (exchange: ProduceExchange) =>
          send(exchange.request.apiName === 'Produce' ? refusing(exchange, topic) : exchange),
      },
    });
  };
}

function refusing(exchange: ProduceExchange, topic: string): ProduceExchange {
  return {
    ...exchange,
    response: {
      ...exchange.response,
      decode: async (payload) => {
        const decoded = await exchange.response.decode(payload);
        return {
          ...decoded,
          answer: decoded.answer.map((part) => (part.topic === topic ? { ...part, errorCode: 19 } : part)),
        };
      },
    },
  };
}
