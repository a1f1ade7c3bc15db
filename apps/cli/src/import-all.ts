import { open } from 'node:fs/promises';
import { apiClient } from './api-client.js';
import { actor, CommandFailedError, type CliContext } from './cli-context.js';
import { heldText, leftOutLines, type ExportCounts } from './export-all.js';
import { clockText, counted } from './page-text.js';

/** What an import came to, as the coordinator says. */
export interface ImportedCounts extends ExportCounts {
  readonly from: string;
  readonly at: string;
  readonly newSagas: number;
  readonly topicsCreated: readonly string[];
}

/** Sends an export to a coordinator. */
export async function importAll(context: CliContext, file: string, reason?: string): Promise<ImportedCounts> {
  const query = { by: actor(context), ...(reason === undefined ? {} : { reason }) };
  const opened = await open(file).catch((error: Error) => {
    throw new CommandFailedError(`${file} cannot be read: ${error.message}`);
  });
  const content = opened.createReadStream();
  const { body } = await apiClient(context.env).upload('/import', query, content, 'application/x-ndjson');
  return body as unknown as ImportedCounts;
}

/** What was imported, in words. */
export function importedText(imported: ImportedCounts): string {
  const { from, at, sagas, newSagas, topicsCreated } = imported;
  const lines = [
    `${heldText(imported)} of ${from}, as of ${clockText(at)}`,
    ...(newSagas === sagas ? [] : [`here already: ${counted(sagas - newSagas, 'saga')}`]),
    ...leftOutLines(imported),
    ...topicsCreated.map((topic) => `topic ${topic} created`),
  ];
  return lines.join('\n');
}
