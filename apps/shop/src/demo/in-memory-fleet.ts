import { startLocalStack, type LocalStack } from '../../../../deploy/local/src/index.js';
import { InMemoryBroker, InMemoryCommandSink, InMemoryEventSource, InMemoryTopicAdmin } from '#libs/memory';
import { NoLog, SystemClock, type Clock, type Keyring } from '#libs/messaging';
import {
  compilePublication,
  Coordinator,
  LoadedDefinitions,
  MeasureVersion,
  PublishDefinitions,
  TakeBaselines,
  type Installation,
} from '#libs/orchestration';
import { migrate, PostgresStores } from '#libs/postgres';
import { NoParticipantTrace } from '#libs/participant';
import { openInventory } from '../inventory/open-inventory.js';
import { openPayment } from '../payment/open-payment.js';
import { sabotageFrom } from '../payment/sabotage.js';
import { openShipping } from '../shipping/open-shipping.js';
import { Shop } from '../shop.js';
import { placeOrders } from '../storefront/storefront.js';
import { definitionFiles } from './definition-files.js';
import type { DemoOptions } from './demo-options.js';
import type { Fleet, Progress } from './fleet.js';

const keyring: Keyring = { keys: [{ id: 'demo', secret: 'only-for-the-demo-of-this-machine' }] };

/**
 * Runs the whole story in this process: the broker in memory, the database a real Postgres. A crash drops the
 * coordinator object with everything it had in memory; it is not the end of a process.
 */
export async function startInMemoryFleet(options: DemoOptions, progress: Progress): Promise<Fleet> {
  const stack = await startLocalStack({ name: 'demo', fresh: true, brokers: 0, onProgress: progress });
  const clock = new SystemClock();
  const broker = new InMemoryBroker(clock);
  progress('coordinator and participants: starting in this process, on a broker in memory');
  await migrate(stack.databaseUrl);
  const installation = await install(stack.databaseUrl, clock, broker);
  const fleet = new InMemoryFleet(stack, broker, clock, installation);
  await fleet.startCoordinator();
  await fleet.startShop(options);
  return fleet;
}

async function install(databaseUrl: string, clock: Clock, broker: InMemoryBroker): Promise<Installation> {
  const stores = new PostgresStores({ databaseUrl, clock });
  await stores.start();
  const installation = {
    name: 'skald',
    homeTopic: 'skald.home',
    homePartitions: 4,
    group: 'skald',
    gateGroup: 'skald.gates',
    createdAt: clock.now(),
  };
  broker.createTopic(installation.homeTopic, { partitions: installation.homePartitions });
  await stores.installations.install(installation);
  const definitions = new LoadedDefinitions({
    store: stores.definitions,
    clock,
    compile: compilePublication,
  });
  const publish = new PublishDefinitions({
    store: stores.definitions,
    topics: new InMemoryTopicAdmin(broker),
    definitions,
    topicPolicy: { create: true, partitions: 4 },
    baselines: new TakeBaselines(new MeasureVersion(stores.operators), clock),
  });
  await publish.publish({ files: definitionFiles(), by: 'demo' });
  await stores.stop();
  return installation;
}

/** What one life of the coordinator holds. */
interface Life {
  readonly stores: PostgresStores;
  readonly definitions: LoadedDefinitions;
  readonly coordinator: Coordinator;
  readonly sources: readonly InMemoryEventSource[];
}

class InMemoryFleet implements Fleet {
  readonly databaseUrl: string;
  readonly hints = [
    'npm run demo                  the same on a real broker, every service a process of its own',
  ];
  private readonly aborting = new AbortController();
  private life: Life | undefined;
  private shop: Shop | undefined;
  private readonly dropped: Life[] = [];

  constructor(
    private readonly stack: LocalStack,
    private readonly broker: InMemoryBroker,
    private readonly clock: SystemClock,
    private readonly installation: Installation,
  ) {
    this.databaseUrl = stack.databaseUrl;
  }

  async startCoordinator(): Promise<void> {
    const { clock, broker, databaseUrl, installation } = this;
    const stores = new PostgresStores({ databaseUrl, clock });
    await stores.start();
    const definitions = new LoadedDefinitions({
      store: stores.definitions,
      clock,
      compile: compilePublication,
    });
    await definitions.start();
    const sources: InMemoryEventSource[] = [];
    const sourceOf = (group: string, topics: readonly string[]): InMemoryEventSource => {
      const source = new InMemoryEventSource(broker, { group, topics });
      sources.push(source);
      return source;
    };
    const coordinator = new Coordinator({
      installation,
      keyring,
      definitions,
      lanes: stores.lanes,
      housekeeping: stores.housekeeping,
      operators: stores.operators,
      homeSource: sourceOf(installation.group, [installation.homeTopic]),
      domainSource: (topics) => sourceOf(installation.gateGroup, topics),
      laneSink: new InMemoryCommandSink(broker),
      gateSink: new InMemoryCommandSink(broker),
      clock,
      log: new NoLog(),
      owner: 'demo',
    });
    await coordinator.start();
    this.life = { stores, definitions, coordinator, sources };
  }

  async startShop(options: DemoOptions): Promise<void> {
    const sink = new InMemoryCommandSink(this.broker);
    await sink.start();
    const shop = new Shop({
      clock: this.clock,
      log: new NoLog(),
      trace: new NoParticipantTrace(),
      sink,
      sourceOf: (topic, group) => new InMemoryEventSource(this.broker, { group, topics: [topic] }),
      signal: this.aborting.signal,
    });
    this.shop = shop;
    const sabotage = sabotageFrom(
      options.sabotage === undefined ? [] : [`--sabotage=${options.sabotage}`],
      {},
    );
    await openInventory(shop, this.databaseUrl);
    await openPayment(shop, this.databaseUrl, sabotage);
    await openShipping(shop, this.databaseUrl);
  }

  async place(count: number, perSecond: number, placed: (total: number) => void): Promise<void> {
    const sink = new InMemoryCommandSink(this.broker);
    await sink.start();
    await placeOrders(sink, this.clock, { mix: 'demo', first: 1, count, perSecond }, this.aborting.signal, {
      placed,
    });
    await sink.stop();
  }

  async crash(): Promise<string> {
    const life = this.life!;
    // Its connections to the broker go first, so that nothing is drained; what it still commits is fenced off.
    await Promise.all(life.sources.map((source) => source.stop()));
    this.dropped.push(life);
    await this.startCoordinator();
    return 'the coordinator object was dropped in the middle of its work; another one took over (no process was killed)';
  }

  keep(): void {
    throw new Error('--keep needs processes that can go on without this one; leave out --in-memory');
  }

  async stop(): Promise<void> {
    this.aborting.abort();
    for (const { coordinator, definitions, stores } of [
      ...this.dropped.splice(0),
      ...(this.life ? [this.life] : []),
    ]) {
      await coordinator.stop();
      await definitions.stop();
      await stores.stop();
    }
    this.life = undefined;
    await this.shop?.stop();
    await this.stack.stop();
  }
}
