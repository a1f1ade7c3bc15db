import path from 'node:path';
import { runCommand } from '../../../deploy/local/src/command.js';
import { cached } from '../../../deploy/local/src/download-cache.js';

const client = 'confluent-kafka==2.16.1';
const installWithinMs = 180_000;

/** A Python that has librdkafka, in an environment of its own that later runs use again. @throws Error that says what is missing. */
export async function pythonWithKafka(): Promise<string> {
  const version = await run(
    'python3',
    ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'],
    'Python 3 is needed: apt-get install -y python3 python3-venv, or brew install python',
  );
  const name = `python-${version.trim()}-${client.replace('==', '-')}`;
  const folder = await cached(name, async (draft) => {
    await run('python3', ['-m', 'venv', draft], 'Python without venv: apt-get install -y python3-venv');
    const options = [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--only-binary',
      ':all:',
    ];
    await run(
      pythonIn(draft),
      [...options, client],
      `pip cannot install ${client}; the package index has to be reachable, once`,
    );
  });
  return pythonIn(folder);
}

/** Runs a Python program to its end and answers what it printed. @throws Error with its output when it fails. */
export async function runPython(
  python: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const { status, output } = await runCommand(python, args, {
    timeoutMs: 20_000,
    env: { ...process.env, ...env },
  });
  if (status !== 0) throw new Error(`${args.join(' ')} failed: ${output}`);
  return output;
}

function pythonIn(folder: string): string {
  return path.join(folder, 'bin', 'python');
}

async function run(command: string, args: readonly string[], whatToDo: string): Promise<string> {
  const { status, output } = await runCommand(command, args, { timeoutMs: installWithinMs });
  if (status !== 0) throw new Error(`${whatToDo}\n${output}`);
  return output;
}
