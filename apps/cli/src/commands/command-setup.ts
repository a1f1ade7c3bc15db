import type { Command } from 'commander';
import type { Json } from '#libs/messaging';
import type { CliContext, OutputFormat } from '../cli-context.js';

/** Adds one command or a few that belong together. */
export type CommandSetup = (program: Command, context: CliContext) => void;

/** The format asked for before or behind the command's name. */
export function outputOf(command: Command): OutputFormat {
  return command.optsWithGlobals<{ output?: OutputFormat }>().output ?? 'text';
}

/** Prints a result: as JSON as it is, or in words. */
export function printResult(
  context: CliContext,
  format: OutputFormat,
  result: unknown,
  words: () => string,
): void {
  context.print(format === 'json' ? JSON.stringify(result, undefined, 2) : words());
}

/** Prints what came of something that was asked of a saga or a task; `later` is the command that shows it. */
export function printOutcome(context: CliContext, format: OutputFormat, body: Json, later: string): void {
  const answer = body as unknown as { readonly outcome: 'done' | 'pending'; readonly detail?: string };
  printResult(context, format, answer, () => {
    if (answer.outcome === 'pending') return `asked for, but not taken up yet; look later: ${later}`;
    return answer.detail ? `done: ${answer.detail}` : 'done';
  });
}
