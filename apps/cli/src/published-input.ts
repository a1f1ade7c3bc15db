import type { PublishedTexts } from '#libs/orchestration';
import { apiClient } from './api-client.js';
import type { CliContext } from './cli-context.js';
import type { CompilerInput } from './definition-files.js';

/** What is published at the coordinator. A file that several documents came from is told apart by which one is meant. */
export async function publishedInput({ env }: CliContext): Promise<CompilerInput> {
  const { body } = await apiClient(env).get('/definitions/texts');
  const { documents, files } = body as unknown as PublishedTexts;
  return {
    sources: documents.map((document) => ({ file: nameOf(document), text: document.text })),
    others: Object.fromEntries(files.map(({ path, text }) => [path, text])),
  };
}

function nameOf({ kind, name, version, file }: PublishedTexts['documents'][number]): string {
  return version === 0 ? `${file} (${kind} ${name})` : `${file} (${kind} ${name} version ${version})`;
}
