import { readFileSync } from 'node:fs';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { SystemClock } from '#libs/messaging';
import { migrate, PostgresStores } from '#libs/postgres';
import { OrderLoad } from './order-load.js';

/** What the bench may use. */
export interface CommitBenchOptions {
  /** A database that may be filled; it is migrated first. */
  readonly databaseUrl: string;
  readonly seconds: number;
  /** Transitions in a commit. Default 200. */
  readonly batch?: number;
}

/** How fast one connection commits transitions of the order saga, and what a transition costs. */
export interface CommitFigures {
  readonly transitionsPerSecond: number;
  readonly batches: number;
  /** CPU of this process for a transition. */
  readonly clientMicros: number;
  /** CPU of the server process behind the connection; absent when it runs elsewhere. */
  readonly databaseMicros?: number;
}

const clock = new SystemClock();

/** The commit function alone on one connection: start, three answers, end; nothing is folded, sent or published. */
export async function commitTransitionsPerSecond(options: CommitBenchOptions): Promise<CommitFigures> {
  await migrate(options.databaseUrl);
  const stores = new PostgresStores({
    databaseUrl: options.databaseUrl,
    laneConnections: 1,
    operatorConnections: 1,
  });
  await stores.start();
  try {
    const load = new OrderLoad(
      await stores.lanes.takeOver({ topic: 'bench.home', part: 0 }, 'bench'),
      options.batch ?? 200,
    );
    await commitUntil(stores, load, clock.elapsed() + 1_000);
    return await measured(stores, load, options);
  } finally {
    await stores.stop();
  }
}

async function measured(
  stores: PostgresStores,
  load: OrderLoad,
  options: CommitBenchOptions,
): Promise<CommitFigures> {
  const backend = await lanePid(options.databaseUrl);
  const databaseBefore = cpuMicros(backend);
  const startedAt = clock.elapsed();
  const { batches, clientMicros } = await commitUntil(stores, load, startedAt + options.seconds * 1000);
  const transitions = batches * load.size;
  const database = cpuMicros(backend);
  const figures = {
    transitionsPerSecond: Math.round(transitions / ((clock.elapsed() - startedAt) / 1000)),
    batches,
    clientMicros: clientMicros / transitions,
  };
  if (database === undefined || databaseBefore === undefined) return figures;
  return { ...figures, databaseMicros: (database - databaseBefore) / transitions };
}

async function commitUntil(
  stores: PostgresStores,
  load: OrderLoad,
  end: number,
): Promise<{ readonly batches: number; readonly clientMicros: number }> {
  let batches = 0;
  let clientMicros = 0;
  while (clock.elapsed() < end) {
    const batch = load.next();
    const before = process.cpuUsage();
    const result = await stores.lanes.commit([batch]);
    const used = process.cpuUsage(before);
    if (result.kind !== 'committed') throw new Error(`the bench got ${result.kind}`);
    clientMicros += used.user + used.system;
    batches += 1;
  }
  return { batches, clientMicros };
}

async function lanePid(databaseUrl: string): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const found = await client.query<{ pid: number }>(
    "select pid from pg_stat_activity where application_name = 'skald lanes' and datname = current_database()",
  );
  await client.end();
  return found.rows[0]?.pid ?? 0;
}

/** From proc(5), where it exists and the server runs on this machine. */
function cpuMicros(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  } catch {
    return undefined;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const databaseUrl = process.env['DATABASE_URL'] ?? '';
  const figures = await commitTransitionsPerSecond({
    databaseUrl,
    seconds: Number(process.argv[2] ?? 10),
    batch: Number(process.argv[3] ?? 200),
  });
  process.stdout.write(`${JSON.stringify(figures, undefined, 2)}\n`);
}
