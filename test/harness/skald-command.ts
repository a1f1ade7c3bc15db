import { execFile } from 'node:child_process';
import process from 'node:process';

/** What a command line left behind. */
export interface CommandResult {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `skald` as in a terminal, as somebody in roles, against the coordinator at `url`. */
export function skaldCommand(
  url: string,
  { by, roles = [] }: { readonly by: string; readonly roles?: readonly string[] },
  ...args: readonly string[]
): Promise<CommandResult> {
  return runSkald({ SKALD_URL: url, SKALD_USER: by, SKALD_ROLES: roles.join(',') }, ...args);
}

/** Runs `skald` as in a terminal with these variables and no others. */
export function runSkald(
  variables: Readonly<Record<string, string>>,
  ...args: readonly string[]
): Promise<CommandResult> {
  const env = { PATH: process.env['PATH'], ...variables };
  return new Promise((resolve) => {
    execFile(process.execPath, ['dist/apps/cli/src/main.js', ...args], { env }, (error, out, err) => {
      resolve({ code: error === null ? 0 : Number(error.code), out: out.trim(), err: err.trim() });
    });
  });
}
