import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import process from 'node:process';
import type { Pool } from 'pg';
import { SystemClock, waitFor } from '#libs/messaging';
import type { CommitResult, NewInstance } from '#libs/orchestration';
import { startedOrder } from '#libs/testing';

const clock = new SystemClock();

/** A rival transaction that has the key and has not decided yet: what commits of the same key wait for. */
export async function holdKey(admin: Pool, order: NewInstance): Promise<() => Promise<void>> {
  const rival = await admin.connect();
  await rival.query('begin');
  const row = [order.definition, order.keyHash, startedOrder(order.startedAt - 1, order.businessKey).id];
  await rival.query(
    'insert into saga_key (definition, key_hash, saga_id, reusable) values ($1, $2, $3, false)',
    row,
  );
  return async () => {
    await rival.query('rollback');
    rival.release();
  };
}

/** A coordinator's process that was stopped between two statements, with the lane's row locked. */
export async function frozenHolder(databaseUrl: string): Promise<ChildProcess> {
  const script = `
    import pg from 'pg';
    const client = new pg.Client({ connectionString: process.argv[1], application_name: 'frozen holder' });
    await client.connect();
    await client.query('begin');
    await client.query('select from saga_lane for update');
    process.stdout.write('locked');`;
  const args = ['--input-type=module', '-e', script, databaseUrl];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.kill('SIGSTOP');
  return child;
}

/** Waits until there is no session of a name. */
export async function untilGone(admin: Pool, name: string): Promise<void> {
  await until(`no session of the ${name}`, async () => {
    const { rowCount } = await admin.query('select from pg_stat_activity where application_name = $1', [
      name,
    ]);
    return rowCount === 0;
  });
}

/** Waits until so many sessions wait for a lock in a statement that holds the text. */
export async function untilWaiting(admin: Pool, statement: string, count: number): Promise<void> {
  await until(`${count} sessions that wait in ${statement}`, async () => {
    const { rows } = await admin.query<{ count: number }>(
      `select count(*)::integer from pg_stat_activity
        where wait_event_type = 'Lock' and datname = current_database() and position($1 in query) > 0`,
      [statement],
    );
    return rows[0]?.count === count;
  });
}

async function until(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = clock.elapsed() + 30_000;
  while (!(await isTrue())) {
    if (clock.elapsed() > deadline) throw new Error(`waited in vain for ${what}`);
    await waitFor(clock, 20);
  }
}

/** What became of a commit, errors included: so that nothing rejects while the test does something else. */
export async function outcomeOf(
  commit: Promise<CommitResult>,
): Promise<CommitResult | { readonly code: string }> {
  return commit.catch((error: { readonly code: string }) => error);
}

/** The address of the same database by another port of this machine. */
export function through(databaseUrl: string, port: number): string {
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return url.href;
}
