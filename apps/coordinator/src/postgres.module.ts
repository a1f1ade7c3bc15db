import { Module, type DynamicModule } from '@nestjs/common';
import { migrate, PostgresStores } from '#libs/postgres';
import { Surroundings, Stores } from './ports.js';

/** Every store in Postgres. In development the tables are made at start; else a schema that is not there stops it. */
@Module({})
export class PostgresModule {
  static connected(): DynamicModule {
    return {
      module: PostgresModule,
      global: true,
      providers: [{ provide: Stores, useFactory: connectedStores, inject: [Surroundings] }],
      exports: [Stores],
    };
  }
}

async function connectedStores({ configuration, clock, log }: Surroundings): Promise<Stores> {
  const { databaseUrl, autoInstall } = configuration;
  if (autoInstall) {
    const { migrations } = await migrate(databaseUrl, clock);
    if (migrations.length > 0) log.info('database migrated', { migrations: migrations.join(' ') });
  }
  const stores = new PostgresStores({ databaseUrl, clock });
  await stores.start();
  return stores;
}
