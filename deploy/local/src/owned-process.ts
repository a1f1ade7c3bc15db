import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import type { ServerUser } from './command.js';
import { LocalStackError } from './local-stack-error.js';
import { descendantsOf, processIdentity, sendSignal } from './process-table.js';
import { forgetProcess, recordProcess } from './run-folder.js';
import { waitUntil } from './wait-until.js';

/** What to run, where to write down that it runs, and how to ask it to end. */
export interface Launch {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly user?: ServerUser | undefined;
  readonly logFile: string;
  readonly runFolder: string;
  readonly stopSignal: NodeJS.Signals;
}

/** How a process ended: by itself with a code, or by a signal. */
export interface ProcessEnd {
  readonly code: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
}

/** A server process of this stack. */
export interface OwnedProcess {
  readonly pid: number;
  /** Resolves when it has ended. Waiting for it does not keep this process alive. */
  readonly ended: Promise<ProcessEnd>;
  isRunning(): boolean;
  /** Throws `START_FAILED` with the end of the log once the process has ended. */
  assertRunning(): void;
  /** Signals the process and, for SIGKILL, all it started; resolves when they are gone. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Asks it to end, kills it after `patienceMs`. */
  stop(patienceMs: number): Promise<void>;
  freeze(): void;
  thaw(): void;
}

/** Starts a server in a session of its own, so that a Ctrl-C reaches only the process that stops it in order. */
export function launch(spec: Launch): OwnedProcess {
  const log = openSync(spec.logFile, 'a');
  const child = spawn(spec.command, spec.args, {
    cwd: spec.cwd,
    env: spec.env ?? process.env,
    stdio: ['ignore', log, log],
    detached: true,
    ...spec.user,
  });
  closeSync(log);
  let spawnFailure: Error | undefined;
  child.on('error', (error) => (spawnFailure = error));
  if (child.pid === undefined) throw new LocalStackError('START_FAILED', `${spec.command} cannot be run`);
  recordProcess(spec.runFolder, spec.name, child.pid, spec.stopSignal);
  child.on('exit', () => {
    if (processes.get(key(spec)) === child.pid) forgetProcess(spec.runFolder, spec.name);
  });
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.on('exit', (code, signal) => resolve({ code: code ?? undefined, signal: signal ?? undefined }));
  });
  child.unref();
  processes.set(key(spec), child.pid);
  return new SpawnedProcess(
    child.pid,
    ended,
    spec,
    () => spawnFailure ?? child.exitCode ?? child.signalCode ?? undefined,
  );
}

/** Which process a record file speaks of now: a late exit of a former one must not erase its successor. */
const processes = new Map<string, number>();

const key = (spec: Launch): string => `${spec.runFolder}/${spec.name}`;

class SpawnedProcess implements OwnedProcess {
  private readonly identity: string | undefined;

  constructor(
    readonly pid: number,
    readonly ended: Promise<ProcessEnd>,
    private readonly spec: Launch,
    private readonly end: () => Error | number | string | undefined,
  ) {
    this.identity = processIdentity(pid);
  }

  isRunning(): boolean {
    return this.end() === undefined && processIdentity(this.pid) === this.identity;
  }

  assertRunning(): void {
    if (this.isRunning()) return;
    const tail = readFileSync(this.spec.logFile, 'utf8').split('\n').slice(-15).join('\n');
    throw new LocalStackError(
      'START_FAILED',
      `${this.spec.name} ended (${String(this.end())}), see ${this.spec.logFile}\n${tail}`,
    );
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    if (!this.isRunning()) return;
    const children = descendantsOf(this.pid).map((pid) => ({ pid, identity: processIdentity(pid) }));
    sendSignal(this.pid, signal);
    // Children that outlive a killed parent would hold its ports and shared memory.
    if (signal === 'SIGKILL') for (const child of children) sendSignal(child.pid, signal);
    await waitUntil(
      { what: `end of ${this.spec.name} after ${signal}`, timeoutMs: 30_000, everyMs: 20 },
      () => {
        return !this.isRunning() && !children.some((child) => isAlive(child));
      },
    );
  }

  async stop(patienceMs: number): Promise<void> {
    if (!this.isRunning()) return;
    sendSignal(this.pid, this.spec.stopSignal);
    this.thaw();
    const wait = { what: `end of ${this.spec.name}`, timeoutMs: patienceMs, everyMs: 20 };
    await waitUntil(wait, () => !this.isRunning()).catch(() => this.kill('SIGKILL'));
  }

  freeze(): void {
    for (const pid of [this.pid, ...descendantsOf(this.pid)]) sendSignal(pid, 'SIGSTOP');
  }

  thaw(): void {
    for (const pid of [...descendantsOf(this.pid), this.pid]) sendSignal(pid, 'SIGCONT');
  }
}

function isAlive(child: { readonly pid: number; readonly identity: string | undefined }): boolean {
  return child.identity !== undefined && processIdentity(child.pid) === child.identity;
}
