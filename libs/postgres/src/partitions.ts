import type { DataSource, QueryRunner } from 'typeorm';
import type { Instant } from '#libs/messaging';
import type { PartitionEnds } from '#libs/orchestration';
import { hasState } from './translate-error.js';

const DAY_MS = 86_400_000;

/** Partitions made ahead of the calendar, so that a housekeeper may be away for two weeks. */
export const daysAhead = 14;

/** The tables cut by days, with the column that is cut. */
const partitioned = ['saga_history', 'saga_archive'] as const;

type PartitionedTable = (typeof partitioned)[number];

/** One day of one table. */
interface DayPartition {
  readonly table: PartitionedTable;
  readonly name: string;
  readonly from: Instant;
  readonly to: Instant;
  /** An earlier attempt to detach it was interrupted: invisible already, it has to be let go of before any other. */
  readonly isLeaving: boolean;
}

/**
 * Makes the missing partitions from the day of `now` to `days` days ahead. There is no default partition: one could
 * not be detached without stopping the lanes.
 */
export async function extendPartitions(
  source: DataSource,
  now: Instant,
  days: number,
): Promise<readonly string[]> {
  return attachMissing(source, partitionsBetween(now, now + days * DAY_MS));
}

/** Makes the missing partitions of the days of some instants, whenever those were. */
export async function providePartitions(source: DataSource, instants: readonly Instant[]): Promise<void> {
  const days = new Set(instants.map(startOfDay));
  await attachMissing(
    source,
    [...days].flatMap((day) => partitionsBetween(day, day)),
  );
}

async function attachMissing(
  source: DataSource,
  wanted: readonly DayPartition[],
): Promise<readonly string[]> {
  const existing = new Set((await findPartitions(source)).map((partition) => partition.name));
  const missing = wanted.filter(({ name }) => !existing.has(name));
  for (const partition of missing) await withShortLocks(source, (runner) => attach(runner, partition));
  return missing.map((partition) => partition.name);
}

/**
 * Drops partitions that ended before their time, and of history only those in which no living saga has written. Each is
 * detached without stopping writers; one that somebody is reading at the moment stays for the next time, and those of
 * its table with it, because the database detaches one partition of a table at a time.
 */
export async function dropPartitions(source: DataSource, before: PartitionEnds): Promise<readonly string[]> {
  const partitions = await findPartitions(source);
  const ends = { saga_history: before.history, saga_archive: before.archive };
  const dropped = await Promise.all(
    partitioned.map((table) =>
      dropInTurn(
        source,
        partitions.filter((partition) => partition.table === table && partition.to <= ends[table]),
      ),
    ),
  );
  return dropped.flat();
}

/** The last day, as the instant it ends, for which both tables have a partition; `undefined` when there is none. */
export async function partitionsEnd(source: DataSource): Promise<Instant | undefined> {
  const all = await findPartitions(source);
  const ends = partitioned.map((table) =>
    Math.max(...all.filter((one) => one.table === table).map((one) => one.to)),
  );
  const end = Math.min(...ends);
  return Number.isFinite(end) ? end : undefined;
}

async function dropInTurn(source: DataSource, ended: readonly DayPartition[]): Promise<readonly string[]> {
  const dropped: string[] = [];
  for (const partition of ended) {
    if (await isNeeded(source, partition)) continue;
    if (!(await withShortLocks(source, (runner) => isDropped(runner, partition)))) break;
    dropped.push(partition.name);
  }
  return dropped;
}

interface PartitionAnswer {
  readonly table: PartitionedTable;
  readonly name: string;
  readonly leaving: boolean;
}

async function findPartitions(source: DataSource): Promise<readonly DayPartition[]> {
  const rows = (await source.query(
    `select p.relname as table, c.relname as name, i.inhdetachpending as leaving
       from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
      where i.inhparent = any ($1::text[]::regclass[]) order by i.inhdetachpending desc, c.relname`,
    [partitioned],
  )) as readonly PartitionAnswer[];
  return rows.flatMap(({ table, name, leaving }) => {
    const [, year, month, day] = /_(\d{4})(\d{2})(\d{2})$/.exec(name) ?? [];
    const from = Date.UTC(Number(year), Number(month) - 1, Number(day));
    return Number.isNaN(from) ? [] : [{ table, name, from, to: from + DAY_MS, isLeaving: leaving }];
  });
}

function partitionsBetween(first: Instant, last: Instant): readonly DayPartition[] {
  const days: DayPartition[] = [];
  for (let from = startOfDay(first); from <= last; from += DAY_MS) {
    const suffix = new Date(from).toISOString().slice(0, 10).replaceAll('-', '');
    for (const table of partitioned)
      days.push({ table, name: `${table}_${suffix}`, from, to: from + DAY_MS, isLeaving: false });
  }
  return days;
}

function startOfDay(at: Instant): Instant {
  return Math.floor(at / DAY_MS) * DAY_MS;
}

/** Made apart and attached: creating it in its place would lock out every reader and writer of the table. */
async function attach(runner: QueryRunner, { table, name, from, to }: DayPartition): Promise<void> {
  const bounds = [from, to].map((at) => `'${new Date(at).toISOString()}'`);
  await runner.startTransaction();
  try {
    // Two housekeepers, or one and a migration, may have the same idea.
    await runner.query("select pg_advisory_xact_lock(hashtext('skald partitions'))");
    const [found] = (await runner.query('select to_regclass($1) is not null as exists', [name])) as [
      { exists: boolean },
    ];
    if (!found.exists) {
      await runner.query(`create table ${name} (like ${table} including defaults including storage)`);
      await runner.query(
        `alter table ${table} attach partition ${name} for values from (${bounds[0]}) to (${bounds[1]})`,
      );
    }
    await runner.commitTransaction();
  } catch (error) {
    await runner.rollbackTransaction();
    throw error;
  }
}

async function isNeeded(source: DataSource, { table, name, to, isLeaving }: DayPartition): Promise<boolean> {
  if (table === 'saga_archive' || isLeaving) return false;
  const [answer] = (await source.query(
    `select exists (select from saga_instance s join ${name} h on h.saga_id = s.id where s.started_at < $1) as needed`,
    // A day of allowance: a saga starts at the time of its event, whose clock may be ahead of the records.
    [new Date(to + DAY_MS)],
  )) as [{ needed: boolean }];
  return answer.needed;
}

async function isDropped(runner: QueryRunner, partition: DayPartition): Promise<boolean> {
  try {
    await detachAndDrop(runner, partition);
    return true;
  } catch (error) {
    if (hasState(error, '55P03')) return false;
    throw error;
  }
}

async function detachAndDrop(runner: QueryRunner, { table, name, isLeaving }: DayPartition): Promise<void> {
  await runner.query(
    `alter table ${table} detach partition ${name} ${isLeaving ? 'finalize' : 'concurrently'}`,
  );
  await runner.query(`drop table ${name}`);
}

async function withShortLocks<Result>(
  source: DataSource,
  work: (runner: QueryRunner) => Promise<Result>,
): Promise<Result> {
  const runner = source.createQueryRunner();
  try {
    await runner.query("select set_config('lock_timeout', '1000', false)");
    return await work(runner);
  } finally {
    await runner.query("select set_config('lock_timeout', '0', false)").catch(() => undefined);
    await runner.release();
  }
}
