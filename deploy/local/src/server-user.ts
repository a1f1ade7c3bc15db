import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runCommand, type ServerUser } from './command.js';
import { LocalStackError } from './local-stack-error.js';

const ACCOUNT = 'postgres';

/** The account the database server runs under: undefined, this process's own, unless this process is root. */
export async function serverUser(): Promise<ServerUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const existing = await accountOf(ACCOUNT);
  if (existing !== undefined) return existing;
  const made = await runCommand('useradd', ['--system', '--user-group', '--no-create-home', ACCOUNT], {
    timeoutMs: 10_000,
  });
  // Small images have only busybox's adduser.
  if (made.status !== 0) await runCommand('adduser', ['-S', '-D', '-H', ACCOUNT], { timeoutMs: 10_000 });
  const user = await accountOf(ACCOUNT);
  if (user !== undefined) return user;
  throw new LocalStackError(
    'START_FAILED',
    `Postgres refuses to run as root, and the account ${ACCOUNT} could not be made:\n${made.output}`,
  );
}

/**
 * Answers `wanted`, made, or a folder of the same meaning below the system's temporary folder when the
 * account cannot enter `wanted`, as in a repository below /root.
 */
export async function folderFor(wanted: string, user: ServerUser | undefined): Promise<string> {
  await mkdir(wanted, { recursive: true });
  if (user === undefined || (await canEnter(wanted, user))) return wanted;
  const digest = createHash('sha256').update(wanted).digest('hex').slice(0, 12);
  const fallback = path.join(tmpdir(), `skald-${digest}`);
  await mkdir(fallback, { recursive: true });
  if (await canEnter(fallback, user)) return fallback;
  throw new LocalStackError(
    'START_FAILED',
    `the account of Postgres can enter neither ${wanted} nor ${fallback}: set TMPDIR to a folder it can enter`,
  );
}

async function canEnter(folder: string, user: ServerUser): Promise<boolean> {
  const entered = await runCommand('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], {
    timeoutMs: 5_000,
    user,
    cwd: '/',
  });
  return entered.status === 0;
}

async function accountOf(name: string): Promise<ServerUser | undefined> {
  const [uid, gid] = await Promise.all([
    runCommand('id', ['-u', name], { timeoutMs: 5_000 }),
    runCommand('id', ['-g', name], { timeoutMs: 5_000 }),
  ]);
  return uid.status === 0 && gid.status === 0
    ? { uid: Number(uid.output), gid: Number(gid.output) }
    : undefined;
}
