import { SystemClock, type Clock } from '#libs/messaging';
import { JsonLog, startMetrics, startTracing } from '#libs/observability';
import { RequestError } from '#libs/orchestration';
import { AppModule } from './app.module.js';
import { SurroundingsModule } from './surroundings.module.js';
import { readConfiguration } from './configuration.js';
import { httpApplication } from './http/http-application.js';
import { kafkaTraffic, KafkaModule } from './kafka.module.js';
import { Lifecycle } from './lifecycle.js';
import type { Surroundings, Traffic } from './ports.js';
import { PostgresModule } from './postgres.module.js';

/** What a coordinator takes from outside; the defaults are those of production. */
export interface CoordinatorWorld {
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  /** Default: Kafka as it is. */
  readonly traffic?: (surroundings: Surroundings) => Traffic;
}

/** Runs a coordinator by the variables of this process until it is told to stop; then the process ends. */
export function runCoordinator(world: CoordinatorWorld = {}): void {
  run(world).catch(refuse);
}

async function run({ clock = new SystemClock(), traffic = kafkaTraffic }: CoordinatorWorld): Promise<void> {
  const configuration = readConfiguration(process.env);
  const log = new JsonLog({ clock, level: configuration.logLevel });
  const tracing = await startTracing('skald-coordinator', configuration.traces);
  if (tracing.warning !== undefined) log.warn(tracing.warning);
  const metrics = await startMetrics('skald-coordinator');
  const { maxBodyBytes, host, port } = configuration;
  const module = AppModule.over(
    SurroundingsModule.of({ configuration, clock, log, tracing, metrics }),
    PostgresModule.connected(),
    KafkaModule.connected(traffic),
  );
  const app = await httpApplication(module, { maxBodyBytes, log });

  let ending: Promise<void> | undefined;
  const end = (code: number): void => {
    // A second signal does not wait: whatever is cut off is taken up again by the next coordinator.
    if (ending !== undefined) process.exit(1);
    ending = app.close().then(
      () => process.exit(code),
      (error: unknown) => refuse(error),
    );
  };
  process.on('SIGTERM', () => end(0));
  process.on('SIGINT', () => end(0));
  app.get(Lifecycle).onFatal = (error) => {
    log.error('the coordinator cannot go on', { reason: String(error) });
    end(1);
  };

  await app.listen({ host, port });
  log.info('listening', { url: await app.getUrl() });
}

function refuse(error: unknown): never {
  const lines = [
    error instanceof Error ? error.message : String(error),
    ...(error instanceof RequestError ? error.problems : []),
  ];
  process.stderr.write(`skald: ${lines.join('\n  ')}\n`);
  process.exit(1);
}
