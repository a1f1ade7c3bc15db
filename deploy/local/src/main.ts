import path from 'node:path';
import { parseArgs } from 'node:util';
import { defaultDataFolder, startLocalStack } from './local-stack.js';
import { MissingToolError } from './missing-tool.js';
import { sendSignal } from './process-table.js';
import { endLeftovers, livingOwner, livingProcesses, runFolderOf } from './run-folder.js';
import { waitUntil } from './wait-until.js';

const USAGE = `Usage: node dist/deploy/local/src/main.js <command> [options]

  up       starts a broker and a database, prints their addresses, runs until Ctrl-C
  down     ends what runs in the data folder, whoever started it
  status   tells what runs in the data folder; exits with 1 when nothing does

  --brokers 1|3   how many brokers (default 1)
  --name NAME     data folder .skald/local/NAME (default "default")
  --fresh         throws old data away first
`;

interface Flags {
  readonly brokers: 1 | 3;
  readonly name: string;
  readonly fresh: boolean;
}

/** Runs one command and answers the exit code. */
async function run(argv: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      brokers: { type: 'string' },
      name: { type: 'string' },
      fresh: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  const { brokers = '1', name = 'default', fresh = false } = values;
  if (values.help === true) return say(USAGE, 0);
  if (brokers !== '1' && brokers !== '3') return say(`--brokers is 1 or 3, not ${brokers}\n\n${USAGE}`, 64);
  if (!/^[\w.-]+$/.test(name) || /^\.+$/.test(name))
    return say(`--name is letters, digits, dots and dashes, not ${name}`, 64);
  const flags: Flags = { brokers: brokers === '3' ? 3 : 1, name, fresh };
  switch (positionals[0]) {
    case 'up':
      return up(flags);
    case 'down':
      return down(flags);
    case 'status':
      return status(flags);
    default:
      return say(USAGE, 64);
  }
}

async function up(flags: Flags): Promise<number> {
  const stack = await startLocalStack({ ...flags, onProgress: (line) => process.stderr.write(`${line}\n`) });
  process.stdout.write(
    `export KAFKA_BROKERS=${stack.kafkaBrokers.join(',')} DATABASE_URL=${stack.databaseUrl}\n`,
  );
  process.stderr.write(`logs: ${stack.logsFolder}\nCtrl-C stops both\n`);
  await untilInterrupted();
  process.stderr.write('stopping\n');
  await stack.stop();
  return 0;
}

/** Resolves at the first signal. One before or after it ends this process at once; the guard cleans up. */
function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    // Signal listeners do not keep a process alive, and the servers are not waited for.
    const alive = setInterval(() => undefined, 60_000);
    const stop = (): void => {
      clearInterval(alive);
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  });
}

async function down(flags: Flags): Promise<number> {
  const runFolder = runFolderOf(defaultDataFolder(flags.name));
  const owner = livingOwner(runFolder);
  if (owner !== undefined) {
    sendSignal(owner.pid, 'SIGTERM');
    await waitUntil(
      { what: `end of process ${owner.pid}`, timeoutMs: 60_000 },
      () => livingOwner(runFolder) === undefined,
    );
  }
  const ended = await endLeftovers(runFolder);
  return say(owner === undefined && ended === 0 ? 'nothing was running' : 'stopped', 0);
}

function status(flags: Flags): number {
  const folder = defaultDataFolder(flags.name);
  const owner = livingOwner(runFolderOf(folder));
  const running = livingProcesses(runFolderOf(folder));
  if (owner === undefined && running.length === 0) return say('nothing runs', 1);
  const started = owner === undefined ? 'kept without owner' : `started by process ${owner.pid}`;
  const lines = running.map(
    (each) => `${each.name}: process ${each.pid}, log ${path.join(folder, 'logs', `${each.name}.log`)}`,
  );
  return say([`${folder}: ${started}`, ...lines].join('\n'), 0);
}

function say(text: string, exitCode: number): number {
  process.stdout.write(`${text.trimEnd()}\n`);
  return exitCode;
}

try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof MissingToolError ? 2 : 1;
}
