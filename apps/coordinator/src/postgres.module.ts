import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { Clock, Log } from '#libs/messaging';
import { DefinitionStore, HousekeepingStore, InstallationStore, LaneStore, OperatorStore } from '#libs/orchestration';
import { migrate, PostgresStores } from '#libs/postgres';
import type { Configuration } from './configuration.js';
import { CONFIGURATION, Connections } from './tokens.js';

const connected: Provider = {
  provide: PostgresStores,
  useFactory: async ({ databaseUrl, autoInstall }: Configuration, clock: Clock, log: Log) => {
    if (autoInstall) {
      const { migrations } = await migrate(databaseUrl, clock);
      if (migrations.length > 0) log.info('database migrated', { migrations: migrations.join(' ') });
    }
    const stores = new PostgresStores({ databaseUrl, clock });
    await stores.start();
    return stores;
  },
  inject: [CONFIGURATION, Clock, Log],
};

const stores: readonly Provider[] = [
  { provide: LaneStore, useFactory: (all: PostgresStores) => all.lanes, inject: [PostgresStores] },
  { provide: OperatorStore, useFactory: (all: PostgresStores) => all.operators, inject: [PostgresStores] },
  { provide: HousekeepingStore, useFactory: (all: PostgresStores) => all.housekeeping, inject: [PostgresStores] },
  { provide: DefinitionStore, useFactory: (all: PostgresStores) => all.definitions, inject: [PostgresStores] },
  { provide: InstallationStore, useFactory: (all: PostgresStores) => all.installations, inject: [PostgresStores] },
  { provide: Connections, useFactory: (all: PostgresStores) => ({ close: () => all.stop() }), inject: [PostgresStores] },
];

/** Every store in Postgres, connected and checked. */
@Module({})
export class PostgresModule {
  static connected(): DynamicModule {
    const exported = [LaneStore, OperatorStore, HousekeepingStore, DefinitionStore, InstallationStore, Connections];
    return { module: PostgresModule, global: true, providers: [connected, ...stores], exports: exported };
  }
}
