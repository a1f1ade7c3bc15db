// Old workers: may keep running; they call no function of this name.
import type { MigrationInterface, QueryRunner } from 'typeorm';
import { commitFunction } from './commit-function-1.js';
import { setAsideFunction } from './set-aside-function-1.js';

/** The commit of lanes. A later shape gets a later name, so that old and new workers run side by side. */
export class Commit1795219200002 implements MigrationInterface {
  readonly name = 'Commit1795219200002';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(setAsideFunction);
    await runner.query(commitFunction);
    await runner.query('update saga_schema set version = 2, oldest_worker = 2');
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}
