import { FollowPublications, HttpBridge, NodeHttpExchange } from '#libs/http-bridge';
import { KafkaCommandSink, KafkaEventSource } from '#libs/kafka';
import { FolderFieldKeys, SystemClock } from '#libs/messaging';
import { JsonLog, startMetrics, startTracing } from '#libs/observability';
import { PostgresStores } from '#libs/postgres';
import { readBridgeConfiguration } from './bridge-configuration.js';
import { BridgeServer } from './bridge-server.js';
import { FolderSecrets } from './folder-secrets.js';

/** Runs a bridge to participants over HTTP until it is told to stop. */
async function main(): Promise<void> {
  const configuration = readBridgeConfiguration(process.env);
  const { databaseUrl, kafka, sessionTimeoutMs, calls } = configuration;
  const clock = new SystemClock();
  const log = new JsonLog({ clock, level: configuration.logLevel });
  const tracing = await startTracing('skald-http-bridge');
  const metrics = await startMetrics('skald-http-bridge');
  const stores = new PostgresStores({ databaseUrl, clock });
  await stores.start();
  const sink = tracing.untraced(new KafkaCommandSink(kafka, clock, { log }));
  await sink.start();
  const bridge = new HttpBridge({
    sourceOf: (topic, group) =>
      new KafkaEventSource(kafka, clock, { group, topics: [topic], sessionTimeoutMs, log }),
    sink,
    exchange: new NodeHttpExchange(configuration.http),
    secrets: new FolderSecrets(configuration.secretsFolder),
    fieldKeys: new FolderFieldKeys(configuration.secretsFolder, clock),
    clock,
    log,
    trace: metrics.participant(tracing.participant, clock),
    onFatal: (error) => {
      log.error('the bridge cannot go on', { reason: error.message });
      void end(1);
    },
    calls,
    allowsOpen: configuration.allowsOpen,
  });
  const follow = new FollowPublications({ store: stores.definitions, bridge, clock, log });

  const server = new BridgeServer(configuration, metrics);
  let isEnding = false;
  const end = async (code: number): Promise<void> => {
    // A second signal does not wait: what is cut off is called again with the same keys.
    if (isEnding) process.exit(1);
    isEnding = true;
    server.stop();
    await follow.stop();
    await bridge.stop();
    await sink.stop();
    await stores.stop();
    await tracing.stop();
    await metrics.stop();
    log.info('the bridge has stopped');
    process.exit(code);
  };
  process.on('SIGTERM', () => void end(0).catch(refuse));
  process.on('SIGINT', () => void end(0).catch(refuse));

  await follow.start();
  await server.start();
  log.info('the bridge is ready');
}

function refuse(error: unknown): never {
  process.stderr.write(`skald: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

main().catch(refuse);
