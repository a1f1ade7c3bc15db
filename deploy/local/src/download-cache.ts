import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { processIdentity } from './process-table.js';
import { waitUntil } from './wait-until.js';

const PATIENCE_MS = 10 * 60_000;

/** The folder for downloads and for tools built from them, shared by all clones of the repository. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env['XDG_CACHE_HOME'];
  // The XDG rules ignore a relative path.
  const usable = base !== undefined && path.isAbsolute(base) ? base : path.join(homedir(), '.cache');
  return path.join(usable, 'skald');
}

/** True when the named download is complete. */
export async function isCached(name: string, folder: string = cacheFolder()): Promise<boolean> {
  return (await stat(path.join(folder, name)).catch(() => undefined)) !== undefined;
}

/**
 * Answers the folder of a download, made by `fill` when it is not there yet.
 *
 * `fill` works in a folder of its own that gets its name only when it is complete, so half a download
 * is never seen. Of several starts at once one downloads and the others wait for it.
 */
export async function cached(
  name: string,
  fill: (folder: string) => Promise<void>,
  folder: string = cacheFolder(),
): Promise<string> {
  const target = path.join(folder, name);
  if (await isCached(name, folder)) return target;
  await mkdir(folder, { recursive: true });
  const lock = `${target}.lock`;
  await waitUntil(
    { what: `download of ${name} by another process`, timeoutMs: PATIENCE_MS, everyMs: 100 },
    async () => {
      return (await isCached(name, folder)) || takeLock(lock);
    },
  );
  try {
    if (!(await isCached(name, folder))) await fillAndName(target, fill);
  } finally {
    await dropLock(lock);
  }
  return target;
}

async function fillAndName(target: string, fill: (folder: string) => Promise<void>): Promise<void> {
  const draft = `${target}.${process.pid}.part`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft);
  try {
    await fill(draft);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // The lock only saves work. Should two ever hold it, the one that is named first is the download.
    if ((await stat(target).catch(() => undefined)) === undefined) throw error;
  }
}

async function takeLock(lock: string): Promise<boolean> {
  try {
    const file = await open(lock, 'wx');
    await file.writeFile(lockText());
    await file.close();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (await isStale(lock)) await rm(lock, { force: true });
    return false;
  }
}

async function isStale(lock: string): Promise<boolean> {
  const [pid, identity] = (await readFile(lock, 'utf8').catch(() => '')).split(' ');
  if (pid === undefined || identity === undefined) {
    // Empty for the moment between creation and writing, or left so by a crash in that moment.
    const written = await stat(lock).catch(() => undefined);
    const now = await currentFileTime(lock);
    return written !== undefined && now - written.mtimeMs > 5_000;
  }
  return processIdentity(Number(pid)) !== identity;
}

/** The file system's own present, which is what modification times are compared with. */
async function currentFileTime(lock: string): Promise<number> {
  const probe = `${lock}.${process.pid}`;
  const file = await open(probe, 'w');
  const { mtimeMs } = await file.stat();
  await file.close();
  await rm(probe, { force: true });
  return mtimeMs;
}

async function dropLock(lock: string): Promise<void> {
  const text = await readFile(lock, 'utf8').catch(() => '');
  if (text === lockText()) await rm(lock, { force: true });
}

function lockText(): string {
  return `${process.pid} ${processIdentity(process.pid) ?? ''}`;
}
