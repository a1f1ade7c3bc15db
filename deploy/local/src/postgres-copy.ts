import { chown, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import type { ServerUser } from './command.js';
import { copyLiveFolder } from './folder-copy.js';
import type { RestoreKind } from './handles.js';

// What Postgres' own base backup leaves out: files of the living process, or files it makes anew.
const LEFT_OUT = new Set([
  'postmaster.pid',
  'postmaster.opts',
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_stat_tmp',
]);
const EMPTY = ['pg_replslot', 'pg_dynshmem', 'pg_notify', 'pg_stat_tmp'] as const;

/**
 * Copies the data of a running server by its backup functions, because the embedded binaries have no
 * pg_basebackup. The write-ahead log is copied after the backup has ended, so it reaches that end.
 */
export async function takeBackup(
  url: string,
  data: string,
  copy: string,
  user: ServerUser | undefined,
): Promise<void> {
  await rm(copy, { recursive: true, force: true });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`select pg_backup_start('skald', true)`);
    await copyLiveFolder(data, copy, user, (relative) => LEFT_OUT.has(relative));
    const ended = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
    await writeFor(user, path.join(copy, 'backup_label'), ended.rows[0]?.labelfile ?? '');
    await copyLiveFolder(path.join(data, 'pg_wal'), path.join(copy, 'pg_wal'), user);
    for (const folder of EMPTY) await makeFor(user, path.join(copy, folder));
  } finally {
    await client.end();
  }
}

/** Puts a copy in the place of a stopped server's data. The copy stays usable. */
export async function putBackup(
  copy: string,
  data: string,
  kind: RestoreKind,
  user: ServerUser | undefined,
): Promise<void> {
  await rm(data, { recursive: true, force: true });
  await copyLiveFolder(copy, data, user);
  // Recovery from an archive that has nothing more ends at once, and its end begins a new timeline.
  if (kind === 'point-in-time') await writeFor(user, path.join(data, 'recovery.signal'), '');
}

async function writeFor(user: ServerUser | undefined, file: string, text: string): Promise<void> {
  await writeFile(file, text, { mode: 0o600 });
  if (user !== undefined) await chown(file, user.uid, user.gid);
}

async function makeFor(user: ServerUser | undefined, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (user !== undefined) await chown(folder, user.uid, user.gid);
}
