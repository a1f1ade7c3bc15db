import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createOperationMemory } from './0001-operation-memory.js';
import { migrationSql } from './operation-migrations.js';
import { quotedSchema } from '../schema-name.js';

/**
 * The step `0001-operation-memory` for participants that migrate with TypeORM: put it into the data source's
 * `migrations`. It uses the data source's schema.
 */
export class CreateOperationMemory1763700000001 implements MigrationInterface {
  readonly name = 'CreateOperationMemory1763700000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of migrationSql(createOperationMemory, schemaOf(queryRunner)))
      await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    const schema = quotedSchema(schemaOf(queryRunner));
    for (const table of [
      'skald_operation',
      'skald_lock_token',
      'skald_parked_command',
      'skald_participant_migration',
    ]) {
      await queryRunner.query(`drop table ${schema}.${table}`);
    }
  }
}

function schemaOf(queryRunner: QueryRunner): string {
  const { options } = queryRunner.connection;
  return 'schema' in options && typeof options.schema === 'string' ? options.schema : 'public';
}
