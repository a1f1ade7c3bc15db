export { CreateOperationMemory1763700000001 } from './migrations/create-operation-memory.migration.js';
export { migrateOperationMemory } from './migrate-operation-memory.js';
export type { OperationMigration } from './migrations/operation-migration.js';
export { migrationSql, operationMigrations } from './migrations/operation-migrations.js';
export { PgTransactions } from './pg-transactions.js';
export { PostgresOperationMemory, type PostgresMemoryOptions } from './postgres-operation-memory.js';
export { MissingMigrationError } from './schema-check.js';
export { Transactions, type Row } from './transactions.js';
export { TypeOrmTransactions } from './typeorm-transactions.js';
