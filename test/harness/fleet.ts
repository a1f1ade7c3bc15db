import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import pg from 'pg';
import { KafkaCommandSink } from '#libs/kafka';
import { SystemClock, type CommandSink, type Keyring } from '#libs/messaging';
import { SagasInDatabase } from '../../apps/shop/src/demo/sagas-in-database.js';
import {
  compareLedgers,
  differenceText,
  type SagaOfOrder,
} from '../../apps/shop/src/ledger/compare-ledgers.js';
import { orderIdOf } from '../../apps/shop/src/storefront/order.js';
import {
  placeOrders,
  type StorefrontObserver,
  type StorefrontPlan,
} from '../../apps/shop/src/storefront/storefront.js';
import {
  startLocalStack,
  startService,
  type LocalStack,
  type ServiceProcess,
} from '../../deploy/local/src/index.js';
import type { CoordinatorApi } from './coordinator-api.js';
import {
  startCoordinator,
  testHomePartitions,
  testSecret,
  type CoordinatorProcess,
} from './coordinator-process.js';
import { eventually } from './deadline.js';
import type { FleetOptions, ParticipantName } from './fleet-options.js';
import { copyDefinitions } from './shop-definitions.js';

export type { FleetOptions, ParticipantName } from './fleet-options.js';

const everyParticipant: readonly ParticipantName[] = ['inventory', 'payment', 'shipping'];

/**
 * Starts a broker and a database of its own, coordinators and participants, each a process, in a folder of its own and
 * on free ports. Fleets side by side know nothing of each other.
 */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const dataFolder = await mkdtemp(path.join(tmpdir(), `skald-${options.name}-`));
  const stack = await startLocalStack({ ...options.stack, dataFolder, ownProcesses: true });
  const ledgers = options.ownLedgers === true ? await startLedgers(stack) : stack;
  const fleet = new Fleet(
    stack,
    options,
    await copyDefinitions(path.join(dataFolder, 'definitions'), options.silenceMs ?? 3_000),
    ledgers,
  );
  try {
    // One after the other: the first one installs.
    for (let count = 0; count < (options.coordinators ?? 1); count += 1) await fleet.addCoordinator();
    await Promise.all((options.participants ?? everyParticipant).map((name) => fleet.addParticipant(name)));
    await fleet.sink.start();
    return fleet;
  } catch (error) {
    await fleet.discard();
    throw error;
  }
}

async function startLedgers(stack: LocalStack): Promise<LocalStack> {
  const dataFolder = path.join(stack.dataFolder, 'ledgers');
  try {
    return await startLocalStack({ dataFolder, brokers: 0, ownProcesses: true });
  } catch (error) {
    await stack.discard();
    throw error;
  }
}

/** Everything that takes part in a test, and what it leaves behind. */
export class Fleet {
  readonly coordinators: CoordinatorProcess[] = [];
  readonly participants = new Map<ParticipantName, ServiceProcess>();
  readonly clock = new SystemClock();
  /** Ids of the orders placed, in the order of placing. */
  readonly placed: string[] = [];
  /** A producer of the test's own. */
  readonly sink: CommandSink;
  /** Sagas and ledgers as the database has them. */
  readonly books: SagasInDatabase;
  /** What coordinators of this fleet sign with. */
  readonly keyring: Keyring = { keys: [{ id: '1', secret: testSecret }] };
  readonly homeTopic = 'skald.home';
  readonly homePartitions = testHomePartitions;
  private readonly pool: pg.Pool;
  /** The ledgers, where they lie on another server than the sagas. */
  private readonly ledgerBooks: SagasInDatabase | undefined;
  private readonly aborting = new AbortController();

  constructor(
    readonly stack: LocalStack,
    private readonly options: FleetOptions,
    /** Folder of the definitions that were published. */
    readonly definitions: string,
    /** Where the participants' database is: the same stack, or one of its own. */
    private readonly ledgers: LocalStack,
  ) {
    this.sink = new KafkaCommandSink({ brokers: stack.kafkaBrokers, clientId: 'spec' }, this.clock);
    this.books = new SagasInDatabase(stack.databaseUrl);
    if (ledgers !== stack) this.ledgerBooks = new SagasInDatabase(ledgers.databaseUrl);
    this.pool = new pg.Pool({ connectionString: stack.databaseUrl, max: 2 });
    // Without a listener a database that goes away would end the process.
    this.pool.on('error', () => undefined);
  }

  /** The API of the first coordinator. */
  get api(): CoordinatorApi {
    return this.coordinators[0]!.api;
  }

  /** What every process is told. */
  get env(): Readonly<Record<string, string>> {
    const { kafkaBrokers, databaseUrl } = this.stack;
    return { KAFKA_BROKERS: kafkaBrokers.join(), DATABASE_URL: databaseUrl, ...this.options.env };
  }

  /** Starts another coordinator. */
  async addCoordinator(): Promise<CoordinatorProcess> {
    const { coordinatorEnv } = this.options;
    const env = typeof coordinatorEnv === 'function' ? await coordinatorEnv(this.stack) : coordinatorEnv;
    const coordinator = await (this.options.launch ?? startCoordinator)({
      name: `coordinator-${this.coordinators.length + 1}`,
      stack: this.stack,
      definitions: this.definitions,
      env: { ...this.env, ...env },
    });
    this.coordinators.push(coordinator);
    return coordinator;
  }

  /** Starts a participant of the shop. */
  async addParticipant(name: ParticipantName, processName: string = name): Promise<ServiceProcess> {
    const service = await startService({
      name: processName,
      script: `dist/apps/shop/src/${name}.main.js`,
      stack: this.stack,
      env: { ...this.env, DATABASE_URL: this.ledgers.databaseUrl, ...this.options.participantEnv },
      ready: { line: /the participant is ready/ },
    });
    this.participants.set(name, service);
    return service;
  }

  /** Places orders; resolves when the broker has them all. */
  async place(
    plan: Partial<StorefrontPlan> & Pick<StorefrontPlan, 'mix' | 'count'>,
    observer: StorefrontObserver = {},
    signal: AbortSignal = this.aborting.signal,
  ): Promise<number> {
    const whole = { first: 1, perSecond: 0, ...plan };
    const placed = await placeOrders(this.sink, this.clock, whole, signal, observer);
    const ids = Array.from({ length: placed }, (_, index) => orderIdOf(whole.mix, whole.first + index));
    this.placed.push(...ids);
    return placed;
  }

  /** Waits until there are `count` sagas and all of them have ended; answers them. */
  async ended(count: number, withinMs = 60_000): Promise<readonly SagaOfOrder[]> {
    let seen = '';
    try {
      await eventually(
        `${count} sagas to end`,
        async () => {
          const counts = await this.books.counts();
          seen = JSON.stringify(counts);
          return (
            counts.completed + counts.compensated + counts.cancelled >= count &&
            counts.running + counts.compensating === 0
          );
        },
        withinMs,
      );
    } catch (error) {
      throw new Error(`${String(error)}; there are ${seen}`, { cause: error });
    }
    return this.books.sagas();
  }

  /** Where ledgers and sagas disagree, a line each. */
  async differences(): Promise<readonly string[]> {
    const [sagas, ledgers] = await Promise.all([
      this.books.sagas(),
      (this.ledgerBooks ?? this.books).ledgers(),
    ]);
    return compareLedgers(sagas, ledgers).map(differenceText);
  }

  /** Rows of the database that coordinators and participants share here. */
  async query<Row extends pg.QueryResultRow>(
    sql: string,
    parameters: readonly unknown[] = [],
  ): Promise<readonly Row[]> {
    return (await this.pool.query<Row>(sql, [...parameters])).rows;
  }

  /** Stops everything and removes it. With `SKALD_KEEP` set the folder stays, for its logs. */
  async discard(): Promise<void> {
    this.aborting.abort();
    await Promise.all(
      [...this.coordinators.map(({ service }) => service), ...this.participants.values()].map((service) =>
        service.stop(),
      ),
    );
    await Promise.all([this.sink.stop(), this.books.close(), this.ledgerBooks?.close(), this.pool.end()]);
    for (const stack of new Set([this.ledgers, this.stack])) {
      if (process.env['SKALD_KEEP'] === undefined) await stack.discard();
      else await stack.stop();
    }
  }
}
