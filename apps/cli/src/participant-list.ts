import { open } from 'node:fs/promises';
import type { LineProblem } from '#libs/orchestration';
import { UsageError, type CliContext } from './cli-context.js';

/** A line of a participant's list that is JSON: what is in it is the coordinator's to judge. */
export interface GivenLine {
  readonly line: number;
  readonly [field: string]: unknown;
}

/** Lines that were read, in pages, with those that are no JSON. */
export interface GivenPage {
  readonly lines: readonly GivenLine[];
  readonly problems: readonly LineProblem[];
}

/** Reads a list page by page, so that it may be of any length. Empty lines count and are left out. @throws UsageError */
export async function* participantList(
  file: string,
  context: CliContext,
  pageSize: number,
): AsyncGenerator<GivenPage> {
  let lines: GivenLine[] = [];
  let problems: LineProblem[] = [];
  let line = 0;
  for await (const text of textLines(file, context)) {
    line += 1;
    if (text.trim() === '') continue;
    const fields = fieldsOf(text);
    if (typeof fields === 'string') problems.push({ line, problem: fields });
    else lines.push({ ...fields, line });
    if (lines.length + problems.length < pageSize) continue;
    yield { lines, problems };
    [lines, problems] = [[], []];
  }
  yield { lines, problems };
}

/** The fields of a line, or what is wrong with it. */
function fieldsOf(text: string): object | string {
  try {
    const value = JSON.parse(text) as unknown;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? value : 'it has to be a JSON object';
  } catch (error) {
    return `it is not JSON: ${(error as Error).message}`;
  }
}

async function* textLines(file: string, context: CliContext): AsyncGenerator<string> {
  if (file === '-') {
    yield* (await context.readInput()).split('\n');
    return;
  }
  try {
    yield* (await open(file)).readLines();
  } catch {
    throw new UsageError(`the file "${file}" cannot be read`);
  }
}
