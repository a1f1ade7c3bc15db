import { FakeClock } from '#libs/testing';
import { run, type ExitCode } from './run.js';

/** What a command line left on a terminal. */
export interface Ran {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line as in a terminal with nothing but `env` set. */
export async function terminal(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input = '',
): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const code = await run(args, {
    env,
    clock: new FakeClock(Date.UTC(2026, 10, 21, 9)),
    print: (text) => void out.push(text),
    warn: (text) => void err.push(text),
    readInput: () => Promise.resolve(input),
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}
