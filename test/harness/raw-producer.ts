import { Kafka, logLevel, Partitioners } from 'kafkajs';

/** A record as bytes, whatever they are. */
export interface RawRecord {
  readonly topic: string;
  readonly part: number;
  readonly key?: string | Buffer | null;
  readonly value?: string | Buffer | null;
  readonly headers?: Readonly<Record<string, string | Buffer>>;
}

/** A plain Kafka producer: it lets everything through that a broker takes. */
export interface RawProducer {
  /** Resolves with the offset when the broker has the record. */
  send(record: RawRecord): Promise<number>;
  stop(): Promise<void>;
}

/** Connects a producer that checks nothing. */
export async function openRawProducer(brokers: readonly string[]): Promise<RawProducer> {
  const kafka = new Kafka({ clientId: 'spec-raw', brokers: [...brokers], logLevel: logLevel.NOTHING });
  const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  return {
    send: async ({ topic, part, key = null, value = null, headers = {} }) => {
      const message = { partition: part, key, value, headers: { ...headers } };
      const [stored] = await producer.send({ topic, acks: -1, messages: [message] });
      return Number(stored!.baseOffset);
    },
    stop: () => producer.disconnect(),
  };
}
