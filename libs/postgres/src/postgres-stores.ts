import type { DataSource } from 'typeorm';
import { SystemClock, type Clock } from '#libs/messaging';
import type { DatabaseAddress } from './database-address.js';
import { checkDatabase } from './check-database.js';
import { skaldDataSource } from './data-source.js';
import { LanePool } from './lane-pool.js';
import { PostgresDefinitionStore } from './postgres-definition-store.js';
import { PostgresHousekeepingStore } from './postgres-housekeeping-store.js';
import { PostgresInstallationStore } from './postgres-installation-store.js';
import { PostgresLaneStore } from './postgres-lane-store.js';
import { PostgresOperatorStore } from './postgres-operator-store.js';
import { PostgresTransferStore } from './postgres-transfer-store.js';
import { translateError } from './translate-error.js';

/** Where the stores live and how many connections they may use. */
export interface PostgresStoresOptions {
  readonly databaseUrl: DatabaseAddress;
  /** Connections of lanes: commits under way at a time, and two for takeovers. Default 4. */
  readonly laneConnections?: number;
  /** Connections of everything else. Default 4. */
  readonly operatorConnections?: number;
  readonly clock?: Clock;
}

/** Every store of the coordinator over one database, with two pools: one of the lanes, one of everybody else. */
export class PostgresStores {
  readonly lanes: PostgresLaneStore;
  readonly operators: PostgresOperatorStore;
  readonly housekeeping: PostgresHousekeepingStore;
  readonly definitions: PostgresDefinitionStore;
  readonly installations: PostgresInstallationStore;
  readonly transfers: PostgresTransferStore;
  private readonly pool: LanePool;
  private readonly source: DataSource;
  private readonly clock: Clock;

  constructor({
    databaseUrl,
    laneConnections,
    operatorConnections,
    clock = new SystemClock(),
  }: PostgresStoresOptions) {
    this.clock = clock;
    this.pool = new LanePool({
      databaseUrl,
      ...(laneConnections === undefined ? {} : { size: laneConnections }),
    });
    const size = operatorConnections === undefined ? {} : { size: operatorConnections };
    this.source = skaldDataSource({ databaseUrl, ...size });
    this.lanes = new PostgresLaneStore(this.pool, clock);
    this.operators = new PostgresOperatorStore(this.source);
    this.housekeeping = new PostgresHousekeepingStore(this.source);
    this.definitions = new PostgresDefinitionStore(this.source, clock);
    this.installations = new PostgresInstallationStore(this.source);
    this.transfers = new PostgresTransferStore(this.source);
  }

  /**
   * Connects and checks server, schema and partitions. Safe twice.
   *
   * @throws LayoutError when the database is not what this version works on; the message says what to do.
   * @throws StoreUnavailableError when it does not answer.
   */
  async start(): Promise<void> {
    await this.connect();
    await checkDatabase(this.source, this.clock.now());
  }

  /** Lets what is under way end, then closes both pools. Safe twice and before `start`. */
  async stop(): Promise<void> {
    await this.pool.stop();
    if (this.source.isInitialized) await this.source.destroy();
  }

  /**
   * The server's timeline: another number than before means that it was promoted or restored, and may have lost what
   * it had confirmed.
   */
  async timeline(): Promise<number> {
    const text = 'select timeline_id as timeline from pg_control_checkpoint()';
    const [row] = await this.pool.run<{ timeline: number }>('timeline of the server', { text });
    return row?.timeline ?? 0;
  }

  private async connect(): Promise<void> {
    if (this.source.isInitialized) return;
    try {
      await this.source.initialize();
    } catch (error) {
      throw translateError(error, 'connection to Postgres');
    }
  }
}
