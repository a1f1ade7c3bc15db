import { createReadStream } from 'node:fs';
import { apiClient } from './api-client.js';
import { actor, type CliContext } from './cli-context.js';
import { leftOutText, type ExportCounts } from './export-all.js';
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
  const content = createReadStream(file);
  const { body } = await apiClient(context.env).upload('/import', query, content, 'application/x-ndjson');
  return body as unknown as ImportedCounts;
}

/** What was imported, in words. */
export function importedText(imported: ImportedCounts): string {
  const { from, at, definitions, files, sagas, newSagas, leftOut, topicsCreated } = imported;
  const counts = [counted(definitions, 'definition'), counted(files, 'file'), counted(sagas, 'saga')];
  const lines = [
    `${counts.join(', ')} of ${from}, as of ${clockText(at)}`,
    ...(newSagas === sagas ? [] : [`here already: ${counted(sagas - newSagas, 'saga')}`]),
    ...(leftOut === 0 ? [] : [leftOutText(leftOut)]),
    ...topicsCreated.map((topic) => `topic ${topic} created`),
  ];
  return lines.join('\n');
}
