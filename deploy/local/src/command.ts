import { spawn } from 'node:child_process';
import { descendantsOf, sendSignal } from './process-table.js';

/** The account a server runs under when this process is root. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

/** How a finished command ended. `status` is undefined when it did not start, timed out or was killed. */
export interface CommandResult {
  readonly status: number | undefined;
  readonly output: string;
}

/** Where, as whom and how long a command runs. */
export interface CommandOptions {
  readonly timeoutMs: number;
  readonly cwd?: string;
  readonly user?: ServerUser | undefined;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a short command to its end and returns both its streams as one text; never throws. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      ...(options.env === undefined ? {} : { env: options.env }),
      ...options.user,
    });
    const chunks: Buffer[] = [];
    const finish = (status: number | undefined, note = ''): void => {
      clearTimeout(timer);
      resolve({ status, output: Buffer.concat(chunks).toString('utf8') + note });
    };
    const timer = setTimeout(() => {
      killTree(child.pid);
      finish(undefined, `\n${command} did not end within ${options.timeoutMs} ms`);
    }, options.timeoutMs);
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', (error) => finish(undefined, error.message));
    child.on('close', (status) => finish(status ?? undefined));
  });
}

/** Wrapper scripts such as mvn leave their child running when only they are killed. */
function killTree(pid: number | undefined): void {
  if (pid === undefined) return;
  for (const each of [...descendantsOf(pid), pid]) sendSignal(each, 'SIGKILL');
}
