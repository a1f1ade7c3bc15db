import pg from 'pg';
import { waitUntil } from './wait-until.js';

const CLOSING_MS = 2_000;

/** How a new database is made. */
export interface DatabaseOptions {
  /** The name of an existing database of the same server to copy; nobody may be connected to it. */
  readonly template?: string;
}

/**
 * Makes an empty database, or a copy of `template`, and answers its address. One that exists under
 * the name is dropped first, its sessions with it, so that a test file always starts from nothing.
 */
export async function createDatabase(
  databaseUrl: string,
  name: string,
  options: DatabaseOptions = {},
): Promise<string> {
  const template = options.template === undefined ? '' : ` template ${pg.escapeIdentifier(options.template)}`;
  await onServer(databaseUrl, [
    `drop database if exists ${pg.escapeIdentifier(name)} with (force)`,
    `create database ${pg.escapeIdentifier(name)}${template}`,
  ]);
  return databaseAddress(databaseUrl, name);
}

/**
 * Drops a database and ends its sessions; one that does not exist is no error.
 *
 * Sessions that are closing already get a moment: ended by force, their clients would hear of it with nobody left to
 * take the error.
 */
export async function dropDatabase(databaseUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseAddress(databaseUrl, 'postgres') });
  await client.connect();
  try {
    const wait = { what: `end of the sessions of ${name}`, timeoutMs: CLOSING_MS, everyMs: 20 };
    const isAlone = async (): Promise<boolean> =>
      (await client.query('select from pg_stat_activity where datname = $1', [name])).rowCount === 0;
    await waitUntil(wait, isAlone).catch(() => undefined);
  } finally {
    await client.end();
  }
  await onServer(databaseUrl, [`drop database if exists ${pg.escapeIdentifier(name)} with (force)`]);
}

/** The address of another database of the same server. */
export function databaseAddress(databaseUrl: string, name: string): string {
  const url = new URL(databaseUrl);
  url.pathname = `/${encodeURIComponent(name)}`;
  return url.href;
}

/** True when the server has a database of that name. */
export async function databaseExists(databaseUrl: string, name: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: databaseAddress(databaseUrl, 'postgres') });
  await client.connect();
  try {
    const found = await client.query('select from pg_database where datname = $1', [name]);
    return found.rowCount === 1;
  } finally {
    await client.end();
  }
}

async function onServer(databaseUrl: string, statements: readonly string[]): Promise<void> {
  // A database cannot be dropped or copied by a session of its own.
  const client = new pg.Client({ connectionString: databaseAddress(databaseUrl, 'postgres') });
  await client.connect();
  try {
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end();
  }
}
