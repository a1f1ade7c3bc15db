import {
  freePorts,
  startLocalStack,
  startService,
  type LocalStack,
  type ServiceProcess,
} from '../../../../deploy/local/src/index.js';
import { KafkaCommandSink, kafkaOptionsFromEnv } from '#libs/kafka';
import { SystemClock } from '#libs/messaging';
import { placeOrders } from '../storefront/storefront.js';
import type { DemoOptions } from './demo-options.js';
import type { Fleet, Progress } from './fleet.js';

const participants = ['inventory', 'payment', 'shipping'] as const;
const definitions = 'apps/shop/definitions';
const coordinatorScript = 'dist/apps/coordinator/src/main.js';

/** Starts broker, database, coordinator and participants, each as a process of its own. */
export async function startProcessFleet(options: DemoOptions, progress: Progress): Promise<ProcessFleet> {
  const stack = await startLocalStack({ name: 'demo', fresh: true, onProgress: progress });
  try {
    return await startServices(stack, options, progress);
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

async function startServices(
  stack: LocalStack,
  options: DemoOptions,
  progress: Progress,
): Promise<ProcessFleet> {
  const env = { KAFKA_BROKERS: stack.kafkaBrokers.join(), DATABASE_URL: stack.databaseUrl };
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  progress(`coordinator: starting at ${url}`);
  const coordinator = await startService({
    name: 'coordinator',
    script: coordinatorScript,
    stack,
    env: {
      ...env,
      PORT: String(port),
      HOST: '127.0.0.1',
      SKALD_SECRET: 'only-for-the-demo-of-this-machine',
      SKALD_AUTO_INSTALL: 'true',
      SKALD_DEFINITIONS: definitions,
    },
    ready: { url: `${url}/health/ready` },
  });
  progress(`participants: starting ${participants.join(', ')}`);
  const shop = await Promise.all(
    participants.map((name) =>
      startService({
        name,
        script: `dist/apps/shop/src/${name}.main.js`,
        args: name === 'payment' && options.sabotage !== undefined ? [`--sabotage=${options.sabotage}`] : [],
        stack,
        env,
        ready: { line: /the participant is ready/ },
      }),
    ),
  );
  return new ProcessFleet(stack, coordinator, shop, url);
}

/** The demo as processes. */
export class ProcessFleet implements Fleet {
  readonly databaseUrl: string;
  private readonly aborting = new AbortController();

  constructor(
    private readonly stack: LocalStack,
    private readonly coordinator: ServiceProcess,
    private readonly shop: readonly ServiceProcess[],
    private readonly url: string,
  ) {
    this.databaseUrl = stack.databaseUrl;
  }

  async place(count: number, perSecond: number, placed: (total: number) => void): Promise<void> {
    const clock = new SystemClock();
    const kafka = kafkaOptionsFromEnv({ KAFKA_BROKERS: this.stack.kafkaBrokers.join() }, 'demo-storefront');
    const sink = new KafkaCommandSink(kafka, clock);
    await sink.start();
    try {
      await placeOrders(sink, clock, { mix: 'demo', first: 1, count, perSecond }, this.aborting.signal, {
        placed,
      });
    } finally {
      await sink.stop();
    }
  }

  async crash(): Promise<string> {
    const { pid } = this.coordinator;
    await this.coordinator.kill('SIGKILL');
    await this.coordinator.start();
    return `coordinator ${pid} got SIGKILL in the middle of its work; ${this.coordinator.pid} took over`;
  }

  /** Ends coordinator and participants in order and starts them from what is compiled now. */
  async restart(): Promise<void> {
    const services = [this.coordinator, ...this.shop];
    await Promise.all(services.map((service) => service.stop()));
    await Promise.all(services.map((service) => service.start()));
  }

  get hints(): readonly string[] {
    const cli = `SKALD_URL=${this.url} node dist/apps/cli/src/main.js`;
    return [
      `${cli} list --status compensated      sagas by outcome`,
      `${cli} show demo-0000007              one saga: what happened, when and why`,
      `${cli} lanes                          who folds what, and how far`,
      `${this.stack.logsFolder}   logs of every process`,
      'npm run dev                             the same, rebuilt and restarted as you edit',
    ];
  }

  keep(): void {
    this.stack.keep();
  }

  async stop(): Promise<void> {
    this.aborting.abort();
    await this.coordinator.stop();
    await Promise.all(this.shop.map((service) => service.stop()));
    await this.stack.stop();
  }
}
