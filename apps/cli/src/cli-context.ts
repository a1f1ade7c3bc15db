import type { Clock } from '#libs/messaging';

/** What a command knows of the world around it. */
export interface CliContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  /** Results. A line end is added. */
  readonly print: (text: string) => void;
  /** Puts a text in the place of everything on the screen. Absent where results go somewhere else than to a screen. */
  readonly redraw?: (text: string) => void;
  /** Problems and hints; never part of a result. A line end is added. */
  readonly warn: (text: string) => void;
  /** What stands behind `-` instead of a file. */
  readonly readInput: () => Promise<string>;
}

/** How results are written. */
export type OutputFormat = 'text' | 'json';

/** The command was called in a way that cannot work: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The command was understood and failed: exit code 1. What there is to say was printed, or is the message. */
export class CommandFailedError extends Error {
  override readonly name = 'CommandFailedError';
}

/** A variable the command cannot do without. @throws UsageError */
export function requiredVariable(context: CliContext, name: string, what: string): string {
  const text = context.env[name]?.trim();
  if (text === undefined || text === '') throw new UsageError(`${name} is not set: ${what}`);
  return text;
}

/** Who acts, for audits. */
export function actor(context: CliContext): string {
  return context.env['SKALD_USER'] ?? context.env['USER'] ?? context.env['LOGNAME'] ?? 'cli';
}
