import { existsSync } from 'node:fs';
import { chown, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { runCommand, type ServerUser } from './command.js';
import { createDatabase, databaseAddress, databaseExists } from './databases.js';
import { freePorts, onFreePorts } from './free-ports.js';
import type { PostgresCopy, PostgresHandle, RestoreKind } from './handles.js';
import { LocalStackError } from './local-stack-error.js';
import { MissingToolError, missingPostgres } from './missing-tool.js';
import { launch, type OwnedProcess } from './owned-process.js';
import { findPostgresBinaries, reachableBinaries, type PostgresBinaries } from './postgres-binaries.js';
import { putBackup, takeBackup } from './postgres-copy.js';
import { postgresAnswers } from './postgres-ready.js';
import { folderFor, serverUser } from './server-user.js';
import type { Folders } from './settings.js';

const STOP_PATIENCE_MS = 20_000;

/** Server settings that differ from Postgres' defaults; the caller's win. fsync stays on. */
const DEFAULT_SETTINGS: Readonly<Record<string, string>> = {
  max_connections: '200',
  // Sockets in a folder of long name or foreign owner are a trap, and nobody needs them.
  unix_socket_directories: '',
  listen_addresses: '127.0.0.1',
};

/** A database server that runs as a process of this stack. */
export interface PostgresProcess extends PostgresHandle {
  stop(): Promise<void>;
}

/** Starts Postgres from the binaries of this machine and waits until a query succeeds. */
export async function startPostgresProcess(
  folders: Folders,
  settings: Readonly<Record<string, string>>,
  onProgress: (line: string) => void,
): Promise<PostgresProcess> {
  const found = await findPostgresBinaries();
  if (found === undefined) throw new MissingToolError([missingPostgres]);
  const user = await serverUser();
  const binaries = await reachableBinaries(found, user);
  const home = path.join(await folderFor(folders.data, user), `postgres-${binaries.major}`);
  return onFreePorts(async () => {
    const [port] = await freePorts(1);
    onProgress(`postgres: starting Postgres ${binaries.major} as process on port ${port}`);
    return startServer({ folders, binaries, user, home, port: port ?? 0, settings });
  });
}

async function startServer(around: Surroundings): Promise<PostgresProcess> {
  const server = new OwnedPostgres(around);
  try {
    await server.initialise();
    await server.start();
    await server.ensureDatabase();
  } catch (error) {
    await server.stop();
    throw error;
  }
  return server;
}

/** The folder that holds the server's data may lie outside the stack's: this one is to be thrown away with it. */
export async function postgresFolder(dataFolder: string): Promise<string> {
  return folderFor(dataFolder, await serverUser());
}

interface Surroundings {
  readonly folders: Folders;
  readonly binaries: PostgresBinaries;
  readonly user: ServerUser | undefined;
  readonly home: string;
  readonly port: number;
  readonly settings: Readonly<Record<string, string>>;
}

class OwnedPostgres implements PostgresProcess {
  readonly databaseUrl: string;
  private readonly data: string;
  private process: OwnedProcess | undefined;
  private copies = 0;

  constructor(private readonly around: Surroundings) {
    this.databaseUrl = `postgres://postgres@127.0.0.1:${around.port}/skald`;
    this.data = path.join(around.home, 'data');
  }

  get pid(): number | undefined {
    return this.process?.isRunning() === true ? this.process.pid : undefined;
  }

  async initialise(): Promise<void> {
    const { home, user, binaries } = this.around;
    await mkdir(home, { recursive: true });
    if (user !== undefined) await chown(home, user.uid, user.gid);
    if (existsSync(path.join(this.data, 'PG_VERSION'))) return;
    const args = ['-D', this.data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
    const made = await runCommand(path.join(binaries.folder, 'initdb'), args, {
      timeoutMs: 60_000,
      cwd: home,
      user,
    });
    if (made.status !== 0) throw new LocalStackError('START_FAILED', `initdb failed:\n${made.output}`);
  }

  async ensureDatabase(): Promise<void> {
    const admin = databaseAddress(this.databaseUrl, 'postgres');
    if (!(await databaseExists(admin, 'skald'))) await createDatabase(admin, 'skald');
  }

  async start(): Promise<void> {
    if (this.pid === undefined) this.launch();
    const admin = databaseAddress(this.databaseUrl, 'postgres');
    await postgresAnswers(admin, 60_000, () => this.process?.assertRunning());
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.process?.kill(signal);
  }

  async freeze(): Promise<void> {
    this.process?.freeze();
  }

  async thaw(): Promise<void> {
    this.process?.thaw();
  }

  async takeCopy(): Promise<PostgresCopy> {
    this.copies += 1;
    const folder = path.join(this.around.home, `copy-${this.copies}`);
    await takeBackup(databaseAddress(this.databaseUrl, 'postgres'), this.data, folder, this.around.user);
    return { folder };
  }

  async restore(copy: PostgresCopy, kind: RestoreKind = 'snapshot'): Promise<void> {
    await this.kill('SIGKILL');
    await putBackup(copy.folder, this.data, kind, this.around.user);
    await this.start();
  }

  async stop(): Promise<void> {
    await this.process?.stop(STOP_PATIENCE_MS);
  }

  private launch(): void {
    const { binaries, home, folders, user, port, settings } = this.around;
    const all = { ...DEFAULT_SETTINGS, port: String(port), restore_command: 'false', ...settings };
    this.process = launch({
      name: 'postgres',
      command: path.join(binaries.folder, 'postgres'),
      args: ['-D', this.data, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      cwd: home,
      user,
      logFile: path.join(folders.logs, 'postgres.log'),
      runFolder: folders.run,
      // Fast shutdown: SIGTERM would wait for every client to leave.
      stopSignal: 'SIGINT',
    });
  }
}
