import { startProxy, type Address, type LocalStack, type Proxy } from '../../deploy/local/src/index.js';
import type { FleetOptions } from '../harness/fleet-options.js';

const listener = 'LINK';

/** Links by which the first coordinator of a fleet, and no other, reaches broker and database: to be cut and stalled. */
export class LostLinks {
  private broker: Proxy | undefined;
  private database: Proxy | undefined;

  /** What the fleet has to be told. */
  readonly options = {
    stack: { brokerListeners: [{ name: listener, advertise: (at: Address) => this.joinBroker(at) }] },
    coordinatorEnv: (stack: LocalStack) => this.envOfNext(stack),
  } satisfies Partial<FleetOptions>;

  get toBroker(): Proxy {
    return this.broker!;
  }

  get toPostgres(): Proxy {
    return this.database!;
  }

  async stop(): Promise<void> {
    await this.broker?.stop();
    await this.database?.stop();
  }

  private async joinBroker(target: Address): Promise<Address> {
    this.broker = await startProxy({ target });
    return this.broker.address;
  }

  private async envOfNext(stack: LocalStack): Promise<Readonly<Record<string, string>>> {
    if (this.database !== undefined) return {};
    const url = new URL(stack.databaseUrl);
    this.database = await startProxy({ target: { host: url.hostname, port: Number(url.port) } });
    url.port = String(this.database.address.port);
    return { KAFKA_BROKERS: stack.broker(0).listeners[listener]!, DATABASE_URL: url.href };
  }
}
