import { createWriteStream, statSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { apiClient } from './api-client.js';
import { actor, CommandFailedError, UsageError, type CliContext } from './cli-context.js';
import { counted } from './page-text.js';

/** What an export holds, as its last line says. */
export interface ExportCounts {
  readonly definitions: number;
  readonly files: number;
  readonly sagas: number;
  readonly leftOut: number;
}

/** More than the last line of an export has. */
const TAIL_BYTES = 1_000;

/** Writes all that a coordinator exports to a file that is there only when it is whole. */
export async function exportAll(context: CliContext, file: string, reason: string): Promise<ExportCounts> {
  if (statSync(file, { throwIfNoEntry: false }) !== undefined)
    throw new UsageError(`"${file}" is there already: name another file`);
  // Before the coordinator has noted who took it.
  if (statSync(dirname(file), { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new UsageError(`there is no folder "${dirname(file)}" to write to`);
  const content = await apiClient(context.env).download('/export', { by: actor(context), reason });
  const part = `${file}.part`;
  try {
    const counts = await written(content, part);
    await rename(part, file);
    return counts;
  } catch (error) {
    await rm(part, { force: true });
    if (error instanceof CommandFailedError) throw error;
    throw new CommandFailedError(`the export broke off (${(error as Error).message}); nothing was written`);
  }
}

async function written(content: Readable, part: string): Promise<ExportCounts> {
  let tail: Buffer = Buffer.alloc(0);
  const watched = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      tail = Buffer.concat([tail, chunk]).subarray(-TAIL_BYTES);
      yield chunk;
    }
  };
  // Nothing in it is covered: it is nobody else's business.
  await pipeline(content, watched, createWriteStream(part, { mode: 0o600 }));
  return countsIn(tail.toString('utf8').trimEnd().split('\n').at(-1)!);
}

function countsIn(lastLine: string): ExportCounts {
  try {
    const { kind, ...counts } = JSON.parse(lastLine) as ExportCounts & { readonly kind: string };
    if (kind === 'end') return counts;
  } catch {
    // Cut off in the middle of a line.
  }
  throw new CommandFailedError('the export has no last line: it broke off, and nothing was written');
}

/** What was exported, in words. */
export function exportedText(counts: ExportCounts, file: string): string {
  return [`${file}: ${heldText(counts)}`, ...leftOutLines(counts)].join('\n');
}

/** What an export holds, in words. */
export function heldText({ definitions, files, sagas }: ExportCounts): string {
  return [counted(definitions, 'definition'), counted(files, 'file'), counted(sagas, 'saga')].join(', ');
}

/** What an export does not hold, in words, if there is anything. */
export function leftOutLines({ leftOut }: ExportCounts): readonly string[] {
  if (leftOut === 0) return [];
  return [
    `left out: ${counted(leftOut, 'saga')} that had not ended or waited for a person, and can go on only where it began`,
  ];
}
