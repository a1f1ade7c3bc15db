import { mkdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { launch, type OwnedProcess, type ProcessEnd } from './owned-process.js';
import type { LocalStack } from './local-stack.js';
import { repositoryFolder } from './repository.js';
import { runFolderOf } from './run-folder.js';
import { waitUntil } from './wait-until.js';

const START_PATIENCE_MS = 60_000;
const STOP_PATIENCE_MS = 20_000;

/**
 * How a program shows that it works: a line of its output since this start matches, an address answers with a
 * status of success, or a question is answered with true. A question that throws counts as "not yet".
 */
export type ServiceReadiness =
  | { readonly line: RegExp }
  | { readonly url: string }
  | (() => Promise<boolean> | boolean);

/** Which program to run, and how. */
export interface ServiceOptions {
  /** Names the process in the run folder and its log; two living services of a stack need two names. */
  readonly name: string;
  /** A program for Node, from the root of the repository, or the path of any other one. */
  readonly script: string;
  readonly args?: readonly string[];
  /** Options of Node itself, such as `--cpu-prof`, where it is a program for Node. */
  readonly nodeOptions?: readonly string[];
  /** Added to the environment of this process; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** The stack that the service belongs to and ends with, at the latest. */
  readonly stack: Pick<LocalStack, 'dataFolder' | 'logsFolder'>;
  readonly ready: ServiceReadiness;
  /** How long it may take until it is ready. Default a minute. */
  readonly startPatienceMs?: number;
  /** How long it may take to end when it is asked to, before it is killed. Default 20 s. */
  readonly stopPatienceMs?: number;
}

/** A program as a process; killed, it can be started again. */
export interface ServiceProcess {
  readonly name: string;
  readonly logFile: string;
  /** Undefined while it does not run. */
  readonly pid: number | undefined;
  /** How the present, or else the last, life ended. Waiting for it does not keep this process alive. */
  readonly exited: Promise<ProcessEnd>;
  isRunning(): boolean;
  /** Sends the signal, SIGKILL by default, and resolves when the process is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again unless it runs, with other variables if they are given, and resolves when it is ready. */
  start(env?: Readonly<Record<string, string | undefined>>): Promise<void>;
  /** Asks it to end by SIGTERM, kills it when it does not. Safe twice. */
  stop(): Promise<void>;
  /** Stops it in the middle of whatever it does, as SIGSTOP does. */
  freeze(): void;
  thaw(): void;
}

/**
 * Runs a program as a process and resolves when it is ready.
 *
 * Its output is appended to `<logsFolder>/<name>.log`. It ends with this process, however that dies, as the servers
 * of the stack do. Throws `START_FAILED` with the end of the log when it ends before it is ready, and
 * `NOT_ANSWERING` when it is not ready in time; it is not left running then.
 */
export async function startService(options: ServiceOptions): Promise<ServiceProcess> {
  const service = new Service(options);
  await service.start();
  return service;
}

class Service implements ServiceProcess {
  readonly name: string;
  readonly logFile: string;
  private life: OwnedProcess | undefined;

  constructor(private readonly options: ServiceOptions) {
    this.name = options.name;
    this.logFile = path.join(options.stack.logsFolder, `${options.name}.log`);
  }

  get pid(): number | undefined {
    return this.isRunning() ? this.life?.pid : undefined;
  }

  get exited(): Promise<ProcessEnd> {
    return this.life?.ended ?? Promise.reject(new Error(`${this.name} was never started`));
  }

  isRunning(): boolean {
    return this.life?.isRunning() === true;
  }

  async start(env: Readonly<Record<string, string | undefined>> = {}): Promise<void> {
    if (this.isRunning()) return;
    const logStart = sizeOf(this.logFile);
    const life = this.launch(env);
    this.life = life;
    try {
      await this.untilReady(life, logStart);
    } catch (error) {
      await life.kill('SIGKILL');
      throw error;
    }
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    await this.life?.kill(signal);
  }

  async stop(): Promise<void> {
    await this.life?.stop(this.options.stopPatienceMs ?? STOP_PATIENCE_MS);
  }

  freeze(): void {
    this.life?.freeze();
  }

  thaw(): void {
    this.life?.thaw();
  }

  private launch(env: Readonly<Record<string, string | undefined>>): OwnedProcess {
    const { name, script, args = [], nodeOptions = [], stack } = this.options;
    const runFolder = runFolderOf(stack.dataFolder);
    for (const folder of [runFolder, stack.logsFolder]) mkdirSync(folder, { recursive: true });
    const cwd = repositoryFolder();
    const isOurs = script.endsWith('js');
    return launch({
      name,
      command: isOurs ? process.execPath : script,
      args: isOurs ? [...nodeOptions, path.resolve(cwd, script), ...args] : args,
      cwd,
      env: { ...process.env, ...this.options.env, ...env },
      logFile: this.logFile,
      runFolder,
      stopSignal: 'SIGTERM',
    });
  }

  private async untilReady(life: OwnedProcess, logStart: number): Promise<void> {
    const { name, ready, startPatienceMs } = this.options;
    const wait = { what: `readiness of ${name}`, timeoutMs: startPatienceMs ?? START_PATIENCE_MS };
    await waitUntil(wait, () => {
      life.assertRunning();
      if (typeof ready === 'function') return ready();
      return 'url' in ready ? answers(ready.url) : hasLine(this.logFile, logStart, ready.line);
    });
  }
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  await response.body?.cancel();
  return response.ok;
}

function hasLine(logFile: string, from: number, line: RegExp): boolean {
  const written = readFileSync(logFile).subarray(from).toString('utf8');
  return written.split('\n').some((each) => line.test(each));
}

/** What an earlier life has written says nothing about this one. */
function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}
