import { MissingToolError } from '../../../../deploy/local/src/index.js';
import { demoOptions, DemoUsageError } from './demo-options.js';
import { runDemo } from './run-demo.js';
import { watchDemo } from './watch-demo.js';

const aborting = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => aborting.abort());

const isTerminal = process.stdout.isTTY;
let isReplaceable = false;

function say(line: string): void {
  process.stdout.write(`${isReplaceable ? '\n' : ''}${line}\n`);
  isReplaceable = false;
}

function show(line: string): void {
  process.stdout.write(isTerminal ? `\r\u001b[2K${line}` : `${line}\n`);
  isReplaceable = isTerminal;
}

async function main(): Promise<number> {
  try {
    const options = demoOptions(process.argv.slice(2));
    if (options.watch) return await watchDemo(say, aborting.signal);
    return (await runDemo(options, { say, show }, aborting.signal)) ? 0 : 1;
  } catch (error) {
    if (error instanceof DemoUsageError || error instanceof MissingToolError) {
      process.stderr.write(`${error.message}\n`);
      return 2;
    }
    process.stderr.write(`${aborting.signal.aborted ? 'interrupted' : String((error as Error).stack)}\n`);
    return aborting.signal.aborted ? 130 : 1;
  }
}

// A pool or socket that a failed start left open must not keep the demo from ending with its status.
process.exit(await main());
