import process from 'node:process';
import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Loaded before a program, it makes of this version the one that comes next: the schema has one migration more, which adds
 * a column and a commit function of a new shape, and lanes call that function. The program itself knows nothing of it.
 */
const library = new URL('../../libs/postgres/src/', import.meta.url);

const { allMigrations } = (await inside('migrations/all-migrations.js')) as {
  readonly allMigrations: (new () => MigrationInterface)[];
};
const { commitCall } = (await inside('commit-parameters.js')) as {
  readonly commitCall: { name: string; text: string };
};

const number = allMigrations.length + 1;
const former = commitCall.name;
const present = 'skald_commit_next';

// Old workers: may keep running; they call the function they know.
class NextVersion implements MigrationInterface {
  readonly name = 'NextVersion1895219200000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('alter table saga_instance add column folded_by text');
    await runner.query(nextCommit);
    await runner.query(`update saga_schema set version = ${number}`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}

/** What the former one does, and whoever does it beside: one parameter more. */
const nextCommit = `
do $do$
declare
  former regproc := '${former}'::regproc;
  arity integer := (select pronargs from pg_proc where oid = '${former}'::regproc);
begin
  execute format($format$
    create function ${present}(%s, _folded_by text) returns table (what text, subject text, other text)
    language plpgsql as $body$
    begin
      return query select * from %s(%s);
      if found then return; end if;
      update saga_instance set folded_by = _folded_by where id = any (_new_ids || _ids);
    end
    $body$
    $format$,
    pg_get_function_arguments(former), former,
    (select string_agg('$' || position, ', ' order by position) from generate_series(1, arity) position));
end
$do$`;

allMigrations.push(NextVersion);
commitCall.name = present;
commitCall.text = commitCall.text
  .replace(former, present)
  .replace(/\)$/, `, '${process.env['SKALD_OWNER'] ?? ''}')`);

/** Past the door of the library: a version is not one of its users. */
function inside(file: string): Promise<unknown> {
  return import(new URL(file, library).href);
}
