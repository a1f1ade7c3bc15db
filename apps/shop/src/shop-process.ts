import { KafkaCommandSink, KafkaEventSource, kafkaOptionsFromEnv, type KafkaOptions } from '#libs/kafka';
import { commandTopic, SystemClock, waitFor, type Clock, type CommandSink, type Log } from '#libs/messaging';
import { JsonLog, logLevelOf, startTracing, type Tracing } from '#libs/observability';
import { Participant, type CommandHandlers, type OperationMemory, type ParticipantSettings } from '#libs/participant';
import { LosingSink, ReplyLoss } from './reply-loss.js';

/** What every process of the shop has. */
export interface ShopProcess {
  readonly clock: Clock;
  readonly log: Log;
  readonly kafka: KafkaOptions;
  readonly tracing: Tracing;
  readonly loss: ReplyLoss;
  /** Started. Loses the answers it is told to lose. */
  readonly sink: CommandSink;
  /** Aborted by SIGTERM and SIGINT. */
  readonly signal: AbortSignal;
  /** Does something when the process ends. What was added last is done first; all of it before the sink closes. */
  onEnd(end: () => Promise<void>): void;
  /** Resolves when the process may exit. */
  end(): Promise<void>;
}

const topicPollMs = 250;

/** Opens what a process of the shop needs: log, traces, Kafka from the environment. */
export async function openShopProcess(name: string): Promise<ShopProcess> {
  const clock = new SystemClock();
  const log = new JsonLog({ clock, level: logLevelOf(process.env), fields: { service: name } });
  const tracing = await startTracing(name);
  const kafka = kafkaOptionsFromEnv(process.env, `shop-${name}`);
  const loss = new ReplyLoss();
  const sink = tracing.untraced(new LosingSink(new KafkaCommandSink(kafka, clock, { log }), loss));
  await sink.start();
  const ends: (() => Promise<void>)[] = [() => tracing.stop(), () => sink.stop()];
  const aborting = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => aborting.abort());
  return {
    clock,
    log,
    kafka,
    tracing,
    loss,
    sink,
    signal: aborting.signal,
    onEnd: (end) => void ends.push(end),
    end: async () => {
      for (const end of ends.splice(0).reverse()) await end();
    },
  };
}

/** Runs `main` until it ends or a signal comes; what it throws is logged and ends the process with status 1. */
export async function runShopProcess(name: string, main: (shop: ShopProcess) => Promise<void>): Promise<void> {
  const shop = await openShopProcess(name);
  try {
    await main(shop);
  } catch (error) {
    process.exitCode = 1;
    shop.log.error('the process ends', { reason: error instanceof Error ? error.message : String(error) });
  }
  await shop.end();
}

/** Starts a participant of the shop as soon as its command topic exists; it is made when the definitions are published. */
export async function startParticipant<Transaction>(
  shop: ShopProcess,
  name: string,
  handlers: CommandHandlers<Transaction>,
  memory: OperationMemory<Transaction>,
  settings: Partial<ParticipantSettings> = {},
): Promise<Participant<Transaction>> {
  const topic = commandTopic(name);
  await untilTopic(shop, topic);
  const source = new KafkaEventSource(shop.kafka, shop.clock, { group: name, topics: [topic], log: shop.log });
  const { sink, clock, log } = shop;
  const onFatal = (): void => process.exit(1);
  const trace = shop.tracing.participant;
  const participant = new Participant({ name, handlers, source, sink, memory, clock, log, trace, onFatal }, settings);
  shop.onEnd(() => participant.stop());
  await participant.start();
  log.info('the participant is ready', { participant: name, commands: handlers.types().join(' ') });
  return participant;
}

/** Resolves when a signal asks the process to end. */
export function untilSignal({ signal, clock }: ShopProcess): Promise<void> {
  return new Promise((resolve) => {
    // A pending timer keeps the process alive while nothing else does.
    const alive = setInterval(() => clock.now(), 60_000);
    const end = (): void => {
      clearInterval(alive);
      resolve();
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

async function untilTopic({ sink, clock, log, signal }: ShopProcess, topic: string): Promise<void> {
  for (let asked = 0; !signal.aborted; asked += 1) {
    if ((await sink.partitions(topic)) !== undefined) return;
    if (asked === 0) log.info('the participant waits for its topic', { topic });
    await waitFor(clock, topicPollMs);
  }
  throw new Error(`stopped while waiting for the topic ${topic}`);
}
