import { KafkaCommandSink, KafkaEventSource, kafkaOptionsFromEnv } from '#libs/kafka';
import { SystemClock, type CommandSink } from '#libs/messaging';
import { JsonLog, logLevelOf, startTracing, type Tracing } from '#libs/observability';
import { Shop } from './shop.js';

/** A process of the shop on Kafka. */
export interface ShopProcess {
  readonly shop: Shop;
  readonly tracing: Tracing;
  readonly sink: CommandSink;
  /** Aborted by SIGTERM and SIGINT. */
  readonly signal: AbortSignal;
}

/** Runs `main` until it ends; what it throws is logged and ends the process with status 1. Everything is closed after it. */
export async function runShopProcess(
  name: string,
  main: (process: ShopProcess) => Promise<void>,
): Promise<void> {
  const clock = new SystemClock();
  const log = new JsonLog({ clock, level: logLevelOf(process.env), fields: { service: name } });
  const aborting = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => aborting.abort());
  try {
    const kafka = kafkaOptionsFromEnv(process.env, `shop-${name}`);
    const tracing = await startTracing(name);
    const sink = tracing.untraced(new KafkaCommandSink(kafka, clock, { log }));
    await sink.start();
    const shop = new Shop({
      clock,
      log,
      trace: tracing.participant,
      sink,
      sourceOf: (topic, group) =>
        new KafkaEventSource(kafka, clock, { group, topics: [topic], ...sessionFrom(process.env), log }),
      signal: aborting.signal,
      onFatal: () => process.exit(1),
    });
    shop.onStop(() => tracing.stop());
    shop.onStop(() => sink.stop());
    try {
      await main({ shop, tracing, sink, signal: aborting.signal });
    } finally {
      await shop.stop();
    }
  } catch (error) {
    if (aborting.signal.aborted) return;
    process.exitCode = 1;
    log.error('the process ends', { reason: error instanceof Error ? error.message : String(error) });
  }
}

/** `SHOP_SESSION_TIMEOUT_MS`: how long the group waits for a participant that died. Default: the driver's. */
function sessionFrom(env: Readonly<Record<string, string | undefined>>): {
  readonly sessionTimeoutMs?: number;
} {
  const text = env['SHOP_SESSION_TIMEOUT_MS'] ?? '';
  return text === '' ? {} : { sessionTimeoutMs: Number(text) };
}

/** Resolves when a signal asks the process to end, and keeps it alive until then. */
export function untilSignal(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const alive = setInterval(() => undefined, 60_000);
    const end = (): void => {
      clearInterval(alive);
      resolve();
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}
