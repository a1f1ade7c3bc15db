import path from 'node:path';
import { runCommand } from './command.js';
import { kafkaJars } from './kafka-download.js';
import { LocalStackError } from './local-stack-error.js';

/** Runs one of the broker's own tools, such as `kafka.admin.ConfigCommand`, and answers what it printed. */
export async function runBrokerTool(name: string, ...args: readonly string[]): Promise<string> {
  const jars = await kafkaJars(() => undefined);
  const tool = ['-XX:TieredStopAtLevel=1', '-cp', path.join(jars, '*'), name, ...args];
  const { status, output } = await runCommand('java', tool, { timeoutMs: 60_000 });
  if (status !== 0) throw new LocalStackError('START_FAILED', `${name} failed:\n${output}`);
  return output;
}
