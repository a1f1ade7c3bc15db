import { DataSource } from 'typeorm';
import { addressNow, clientOf, type DatabaseAddress } from './database-address.js';
import { ArchiveEntity } from './entities/archive-entity.js';
import { AuditEntity } from './entities/audit-entity.js';
import { BaselineEntity } from './entities/baseline-entity.js';
import { DefinitionEntity } from './entities/definition-entity.js';
import { DefinitionFileEntity } from './entities/definition-file-entity.js';
import { DeskEntity } from './entities/desk-entity.js';
import { FormerDefinitionEntity } from './entities/former-definition-entity.js';
import { HistoryEntity } from './entities/history-entity.js';
import { IncidentEntity } from './entities/incident-entity.js';
import { InstallationEntity } from './entities/installation-entity.js';
import { InstanceEntity } from './entities/instance-entity.js';
import { KeyEntity } from './entities/key-entity.js';
import { LaneEntity } from './entities/lane-entity.js';
import { LimitEntity } from './entities/limit-entity.js';
import { LimitedEntity } from './entities/limited-entity.js';
import { OutboxEntity } from './entities/outbox-entity.js';
import { ParkedEntity } from './entities/parked-entity.js';
import { PauseEntity } from './entities/pause-entity.js';
import { RequestEntity } from './entities/request-entity.js';
import { SchemaEntity } from './entities/schema-entity.js';
import { ToggleEntity } from './entities/toggle-entity.js';
import { TriggerStateEntity } from './entities/trigger-state-entity.js';
import { allMigrations } from './migrations/all-migrations.js';

/** How operators' queries reach the database. */
export interface DataSourceOptions {
  readonly databaseUrl: DatabaseAddress;
  /** Connections at most. Default 4. */
  readonly size?: number;
  /** Longest statement. Default 10 s; migrations need more. */
  readonly statementTimeoutMs?: number;
}

/** The tables as TypeORM sees them, with the migrations that make them. Not yet connected. */
export function skaldDataSource(options: DataSourceOptions): DataSource {
  const statementTimeoutMs = options.statementTimeoutMs ?? 10_000;
  return new DataSource({
    type: 'postgres',
    url: addressNow(options.databaseUrl),
    applicationName: 'skald operators',
    synchronize: false,
    migrationsTableName: 'skald_migration',
    migrationsTransactionMode: 'each',
    entities: [
      ArchiveEntity,
      AuditEntity,
      BaselineEntity,
      DefinitionEntity,
      DefinitionFileEntity,
      DeskEntity,
      FormerDefinitionEntity,
      HistoryEntity,
      IncidentEntity,
      InstallationEntity,
      InstanceEntity,
      KeyEntity,
      LaneEntity,
      LimitEntity,
      LimitedEntity,
      OutboxEntity,
      ParkedEntity,
      PauseEntity,
      RequestEntity,
      SchemaEntity,
      ToggleEntity,
      TriggerStateEntity,
    ],
    migrations: [...allMigrations],
    extra: {
      Client: clientOf(options.databaseUrl),
      max: options.size ?? 4,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      statement_timeout: statementTimeoutMs,
      // A query that hangs on a dead connection is given up a little after the server would have ended it.
      query_timeout: statementTimeoutMs + 5_000,
      idle_in_transaction_session_timeout: 10_000,
    },
  });
}
