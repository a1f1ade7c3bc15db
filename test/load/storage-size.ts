import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import pg from 'pg';

/** What lies where, in bytes. */
export interface StorageSize {
  /** Tables and indexes of the coordinator. */
  readonly tables: number;
  /** Everything ever written to the write-ahead log. */
  readonly wal: number;
  /** Log segments of all topics but the broker's own; undefined when its files are not on this machine. */
  readonly kafka: number | undefined;
}

/** Measures what is stored. */
export async function storageSize(databaseUrl: string, dataFolder: string): Promise<StorageSize> {
  return { ...(await databaseSize(databaseUrl)), kafka: logSize(dataFolder) };
}

async function databaseSize(databaseUrl: string): Promise<{ readonly tables: number; readonly wal: number }> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ tables: string; wal: string }>(
      `select (select coalesce(sum(pg_total_relation_size(oid)), 0) from pg_class
               where relkind = 'r' and relname like 'saga%') as tables,
              pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') as wal`,
    );
    return { tables: Number(rows[0]?.tables), wal: Number(rows[0]?.wal) };
  } finally {
    await client.end();
  }
}

function logSize(dataFolder: string): number | undefined {
  const home = readdirSync(dataFolder).find((entry) => entry.startsWith('kafka-'));
  if (home === undefined) return undefined;
  const root = path.join(dataFolder, home);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return files.filter(isSegment).reduce((sum, file) => sum + sizeOf(path.join(root, file)), 0);
}

/** Indexes are left out: they are files of a fixed size with holes. */
function isSegment(file: string): boolean {
  return file.endsWith('.log') && !/(^|\/)__[^/]+\/[^/]+$/.test(file);
}

/** The broker may delete a file while we look. */
function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
