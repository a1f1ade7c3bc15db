import { createRequire } from 'node:module';
import type { Broker, Cluster, Kafka } from 'kafkajs';
import { ByteReader } from './wire/byte-reader.js';
import { ByteWriter } from './wire/byte-writer.js';
import { metadataRequest, type ClusterLayout } from './wire/metadata-request.js';
import type { KafkaRequest } from './wire/request.js';

/**
 * The one place that reaches behind kafkajs' public surface. Everything here was read in the version below; another
 * version is refused at start instead of being trusted.
 */
const knownVersion = '2.2.4';

/** What we use of a broker object beyond its types. */
export interface BrokerInside extends Broker {
  readonly nodeId: number | null;
  readonly connectionPool: {
    send(exchange: ClientExchange): Promise<unknown>;
  };
  findGroupCoordinator(group: GroupQuestion): Promise<unknown>;
  leaveGroup(member: { readonly groupId: string; readonly memberId: string }): Promise<unknown>;
  initProducerId(options: {
    readonly transactionTimeout: number;
  }): Promise<{ producerId: string | number | bigint; producerEpoch: number }>;
}

/** What we use of a cluster object beyond its types. */
export interface ClusterInside extends Omit<
  Cluster,
  'findBroker' | 'findGroupCoordinator' | 'findGroupCoordinatorMetadata'
> {
  findBroker(node: { readonly nodeId: string }): Promise<BrokerInside>;
  findGroupCoordinator(group: { readonly groupId: string }): Promise<BrokerInside>;
  findGroupCoordinatorMetadata: (group: GroupQuestion) => Promise<unknown>;
  committedOffsets(group: { readonly groupId: string }): Record<string, Record<number, string>>;
  /** 0 sees offsets of transactions that are not committed yet, 1 does not. */
  isolationLevel: number;
  /** Topics that metadata is asked about. */
  readonly targetTopics: Set<string>;
  readonly brokerPool: {
    readonly metadata: ClusterLayout | null;
    createBroker: (options: unknown) => BrokerInside;
    findConnectedBroker(): Promise<BrokerInside>;
  };
}

interface GroupQuestion {
  readonly groupId: string;
}

interface ClientExchange {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    expectResponse(): boolean;
    encode(): Promise<{ readonly buf: Buffer; readonly buffer: Buffer }>;
  };
  readonly response: {
    decode(
      payload: Buffer,
    ): Promise<{ readonly answer: unknown; readonly clientSideThrottleTime: number | null }>;
    parse(decoded: { readonly answer: unknown }): unknown;
  };
  readonly requestTimeout: number;
  readonly logResponseError: boolean;
}

interface Connection {
  connect: () => Promise<unknown>;
}

interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  checkPendingRequests(): void;
  scheduleCheckPendingRequests(): void;
}

const load = createRequire(import.meta.url);

let isPrepared = false;

/** Refuses another kafkajs than the one this file was written for, and repairs two of its faults. Safe to call often. */
export function prepareKafkajs(): void {
  if (isPrepared) return;
  const { version } = load('kafkajs/package.json') as { version: string };
  if (version !== knownVersion) {
    throw new Error(
      `kafkajs ${version} is installed, but libs/kafka is written for ${knownVersion}: pin that version`,
    );
  }
  const queue = load('kafkajs/src/network/requestQueue') as { readonly prototype: RequestQueue };
  queue.prototype.scheduleCheckPendingRequests = scheduleCheckPendingRequests;
  const connection = load('kafkajs/src/network/connection') as { readonly prototype: Connection };
  connection.prototype.connect = connectOnce(connection.prototype.connect);
  isPrepared = true;
}

/**
 * Has calls made while a connection is being opened share it.
 *
 * The original opens a socket for each of them and remembers the last: the others stay open and unused for the life of
 * the process.
 */
function connectOnce(connect: Connection['connect']): Connection['connect'] {
  const opening = new WeakMap<Connection, Promise<unknown>>();
  return function connectShared(this: Connection) {
    const shared = opening.get(this);
    if (shared !== undefined) return shared;
    const opened = connect.call(this).finally(() => opening.delete(this));
    opening.set(this, opened);
    return opened;
  };
}

/**
 * Replaces the method of the same name.
 *
 * The original arms a timer after every answer, although nothing is pending, and the timer's callback arms the next one:
 * it spins once a millisecond for the rest of the process, about 3 % of a core, and makes Node 24 warn about negative
 * timeouts. This one arms it only while something waits.
 */
function scheduleCheckPendingRequests(this: RequestQueue): void {
  if (this.pending.length === 0 || this.throttleCheckTimeoutId !== null) return;
  const throttledMs = this.throttledUntil - performance.timeOrigin - performance.now();
  this.throttleCheckTimeoutId = setTimeout(
    () => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    },
    throttledMs > 0 ? throttledMs : 10,
  );
}

/**
 * A cluster object of its own (connections, metadata) out of a client.
 *
 * kafkajs hands its cluster to the partition assigner of a consumer and to nobody else, so a consumer that is never
 * started lends us one.
 */
export function openCluster(kafka: Kafka): ClusterInside {
  let found: ClusterInside | undefined;
  kafka.consumer({
    groupId: 'unused',
    allowAutoTopicCreation: false,
    partitionAssigners: [
      ({ cluster }) => {
        found = adoptCluster(cluster);
        return {
          name: 'unused',
          version: 0,
          assign: () => Promise.resolve([]),
          protocol: () => ({ name: 'unused', metadata: Buffer.alloc(0) }),
        };
      },
    ],
  });
  return found!;
}

/** What a cluster's brokers do differently once it is adopted. */
export interface BrokerChanges {
  /** Carries out a fetch of the client's consumer. */
  readonly fetch?: (broker: BrokerInside, request: Parameters<Broker['fetch']>[0]) => Promise<unknown>;
}

/**
 * Makes every broker of `cluster` tell metadata without failing for one topic in trouble, and gives fetches to
 * `changes.fetch`. Only this cluster changes, not other kafkajs clients of the process.
 */
export function adoptCluster(cluster: Cluster, changes: BrokerChanges = {}): ClusterInside {
  const inside = cluster as unknown as ClusterInside;
  const { brokerPool } = inside;
  const create = brokerPool.createBroker;
  const { fetch } = changes;
  const noteDenial = tellDenials(inside);
  brokerPool.createBroker = (options) => {
    const broker = create(options);
    broker.metadata = (topics) =>
      ask(broker, metadataRequest(topics)) as unknown as ReturnType<Broker['metadata']>;
    const find = broker.findGroupCoordinator.bind(broker);
    broker.findGroupCoordinator = (group) => find(group).catch(noteDenial);
    if (fetch !== undefined) broker.fetch = (request) => fetch(broker, request);
    return broker;
  };
  return inside;
}

/**
 * Has the search for a group's coordinator end with what the brokers said of our permission.
 *
 * The original asks one after the other, forgets what each of them answered, and says that there is none.
 */
function tellDenials(cluster: ClusterInside): (error: unknown) => never {
  const find = cluster.findGroupCoordinatorMetadata.bind(cluster);
  let denial: unknown;
  cluster.findGroupCoordinatorMetadata = async (group) => {
    denial = undefined;
    try {
      return await find(group);
    } catch (error) {
      throw denial ?? error;
    }
  };
  return (error) => {
    if ((error as { readonly type?: unknown }).type === 'GROUP_AUTHORIZATION_FAILED') denial = error;
    throw error;
  };
}

/** Sends one request to a broker. Rejects when the connection fails or the answer does not come in time. */
export async function ask<Answer>(
  broker: BrokerInside,
  request: KafkaRequest<Answer>,
  writer = new ByteWriter(1_024),
): Promise<Answer> {
  try {
    return (await broker.connectionPool.send(exchangeOf(request, writer))) as Answer;
  } catch (error) {
    if (error instanceof Error && error.name === 'KafkaJSConnectionClosedError') await broker.disconnect();
    throw error;
  }
}

function exchangeOf<Answer>(request: KafkaRequest<Answer>, writer: ByteWriter): ClientExchange {
  const { apiKey, apiVersion, apiName, timeoutMs } = request;
  return {
    request: {
      apiKey,
      apiVersion,
      apiName,
      expectResponse: () => true,
      // The client copies the bytes before it sends them, so the writer is free again once the answer is there.
      encode: () => {
        writer.reset();
        // The client writes a header without tagged fields; what is missing of a flexible one is this byte.
        if (request.isFlexible) writer.noTags();
        request.write(writer);
        return Promise.resolve({ buf: writer.bytes, buffer: writer.written() });
      },
    },
    response: {
      // No throttling on our side: a broker stops reading from a client that exceeds its quota.
      decode: async (payload) => {
        const reader = new ByteReader(payload);
        if (request.isFlexible) reader.skipTags();
        return { answer: await request.read(reader), clientSideThrottleTime: null };
      },
      parse: ({ answer }) => answer,
    },
    requestTimeout: timeoutMs,
    logResponseError: false,
  };
}
