export { checkDatabase, schemaVersion } from './check-database.js';
export {
  addressNow,
  databaseAddressFromEnv,
  DatabaseAddressError,
  isPlaintext,
  type DatabaseAddress,
} from './database-address.js';
export { skaldDataSource, type DataSourceOptions } from './data-source.js';
export { LanePool, type LanePoolOptions, type Statement } from './lane-pool.js';
export { migrate, type MigrationReport } from './migrate.js';
export { PostgresDefinitionStore } from './postgres-definition-store.js';
export { PostgresHousekeepingStore } from './postgres-housekeeping-store.js';
export { PostgresInstallationStore } from './postgres-installation-store.js';
export { PostgresLaneStore } from './postgres-lane-store.js';
export { PostgresOperatorStore } from './postgres-operator-store.js';
export { PostgresTransferStore } from './postgres-transfer-store.js';
export { PostgresStores, type PostgresStoresOptions } from './postgres-stores.js';
