// Old workers: may keep running; they only ever add to these tables.
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The server itself refuses to change or remove what was written about the past. */
export class KeptHistory1795219200008 implements MigrationInterface {
  readonly name = 'KeptHistory1795219200008';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(refusal);
    // In the order in which commits write to them: a lane that commits meanwhile waits, and is not waited for.
    for (const table of ['saga_history', 'saga_audit']) {
      await runner.query(rowTrigger(table));
      await runner.query(tableTrigger(table));
    }
    await runner.query('update saga_schema set version = 8');
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}

// Restrict violation: the class of errors that a repetition does not heal.
const refusal = `
  create function skald_refuse_change() returns trigger language plpgsql as $$
  begin
    raise exception '% refused: rows of % are never changed or removed', lower(tg_op), tg_table_name
      using errcode = 'restrict_violation';
  end $$`;

/** Partitions have it from their table, also those to come, and lose it when they are detached. Inserting fires none. */
function rowTrigger(table: string): string {
  return `create trigger ${table}_kept before update or delete on ${table}
    for each row execute function skald_refuse_change()`;
}

/** Emptying a table as a whole touches no row. */
function tableTrigger(table: string): string {
  return `create trigger ${table}_kept_whole before truncate on ${table}
    for each statement execute function skald_refuse_change()`;
}
