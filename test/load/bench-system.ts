import { checkTools, createDatabase, startLocalStack, startService } from '../../deploy/local/src/index.js';
import type { LocalStack, ServiceProcess } from '../../deploy/local/src/index.js';
import { KafkaCommandSink, type KafkaOptions } from '#libs/kafka';
import { commandTopic, homeTopic, SystemClock, type Clock } from '#libs/messaging';
import { endingOf, enterRecord, orderRecord, ordersTopic } from './bench-orders.js';
import type { BenchOptions } from './bench-options.js';
import { pidsOf, type MeteredProcesses } from './cpu-meter.js';
import { OrderBook } from './order-book.js';
import { startCoordinators } from './coordinators.js';
import { enterLargeOrder, largeOrderRecord } from './large-orders.js';
import type { OrderTarget } from './place-orders.js';
import { readTopics } from './topic-reader.js';
import { createTopics } from './topics.js';
import { startTraceReceiver, type TraceReceiver } from './trace-receiver.js';

/** Coordinator, participants, broker and database on this machine, and somebody who places orders and watches. */
export interface BenchSystem {
  readonly stack: LocalStack;
  readonly kafka: KafkaOptions;
  readonly clock: Clock;
  readonly databaseUrl: string;
  readonly coordinators: readonly ServiceProcess[];
  readonly participants: ServiceProcess;
  readonly target: OrderTarget;
  readonly book: OrderBook;
  /** The same for large orders. */
  readonly large: { readonly target: OrderTarget; readonly book: OrderBook };
  readonly processes: MeteredProcesses;
  /** Topics of the sagas, without prefix. */
  readonly topics: { readonly home: string; readonly events: string; readonly commands: readonly string[] };
  /** Ends coordinator, participants and reader; broker and database go on. Safe twice. */
  stopServices(): Promise<void>;
}

const installation = 'bench';
const participantNames = ['inventory', 'payment', 'shipping'] as const;
export const topics = {
  home: homeTopic(installation),
  events: ordersTopic,
  commands: participantNames.map((name) => commandTopic(`${name}.x`)),
};

/** Starts a broker and a database without content. */
export async function startBenchStack(say: (line: string) => void): Promise<LocalStack> {
  const isGiven = process.env['KAFKA_BROKERS'] !== undefined || process.env['DATABASE_URL'] !== undefined;
  // Processes of our own, where they can be had: of a server in a container or elsewhere the CPU time is not known.
  const ownProcesses = !isGiven && (await checkTools({ ownProcesses: true })).length === 0;
  return startLocalStack({
    name: 'bench',
    fresh: true,
    ownProcesses,
    optimisedBroker: true,
    onProgress: say,
  });
}

/** Starts what is measured on that stack. */
export async function startBenchSystem(stack: LocalStack, options: BenchOptions): Promise<BenchSystem> {
  const clock = new SystemClock();
  const kafka: KafkaOptions = { brokers: stack.kafkaBrokers, clientId: 'bench' };
  const databaseUrl = await createDatabase(stack.databaseUrl, 'bench');
  await createTopics(stack.kafkaBrokers, [
    { name: topics.events, partitions: options.partitions.events, stampedByBroker: true },
    ...topics.commands.map((name) => ({
      name,
      partitions: options.partitions.commands,
      stampedByBroker: true,
    })),
  ]);
  const receiver = options.trace === 'off' ? undefined : await startTraceReceiver();
  const env = environment(stack, receiver, options);
  const coordinators = await startCoordinators(
    { stack, installation, env: { ...env, DATABASE_URL: databaseUrl } },
    options,
  );
  const participants = await startService({
    name: 'participants',
    script: 'dist/apps/shop/src/bench-participants.main.js',
    stack,
    env,
    ready: { line: /the participant is ready/ },
  });
  const book = new OrderBook(endingOf);
  const largeBook = new OrderBook(() => 'fulfilled');
  const reader = await readTopics(kafka, 'bench-reader', [topics.events], (record) => {
    enterRecord(book, record);
    enterLargeOrder(largeBook, record);
  });
  const sink = new KafkaCommandSink(kafka, clock);
  await sink.start();
  const make = (order: number, partitions: number) => orderRecord(order, partitions, clock);
  const makeLarge = (order: number, partitions: number) => largeOrderRecord(order, partitions, clock);
  return {
    stack,
    kafka,
    clock,
    databaseUrl,
    coordinators: coordinators.processes,
    participants,
    book,
    topics,
    target: { sink, clock, topic: topics.events, make },
    large: { book: largeBook, target: { sink, clock, topic: topics.events, make: makeLarge } },
    processes: {
      coordinator: pidsOf(...coordinators.processes),
      participants: pidsOf(participants),
      ...serversOf(stack),
      bench: pidsOf(process),
    },
    stopServices: async () => {
      await coordinators.stop();
      await participants.stop();
      await reader.stop();
      await sink.stop();
      await receiver?.stop();
    },
  };
}

/** Broker and database, as far as they run on this machine. */
export function serversOf(stack: LocalStack): MeteredProcesses {
  return { broker: () => pidsOf(stack.broker(0))(), postgres: () => pidsOf(stack.postgres)() };
}

/** What the image of the service tells Node; see deploy/image/Dockerfile. */
export const imageOptions = '--max-semi-space-size=64';

function environment(
  stack: LocalStack,
  receiver: TraceReceiver | undefined,
  { trace }: BenchOptions,
): Readonly<Record<string, string | undefined>> {
  const kafka = { KAFKA_BROKERS: stack.kafkaBrokers.join(','), NODE_OPTIONS: imageOptions };
  if (receiver === undefined) return { ...kafka, OTEL_SDK_DISABLED: 'true' };
  return {
    ...kafka,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    // As without traces: what is compared is traces alone.
    OTEL_METRICS_EXPORTER: 'none',
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: trace === 'full' ? '1' : '0.01',
  };
}
