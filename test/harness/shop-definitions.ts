import { readdirSync, readFileSync } from 'node:fs';
import { cp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { repositoryFolder } from '../../deploy/local/src/index.js';

const shipped = path.join(repositoryFolder(), 'apps', 'shop', 'definitions');
const orderFile = 'order-fulfilment.saga.yaml';

/**
 * Copies the shop's definitions into `folder`, with less patience: silence is borne for `silenceMs` instead of half a
 * minute, so that a lost message costs a test seconds. Everything else is as shipped.
 */
export async function copyDefinitions(folder: string, silenceMs: number | 'as shipped'): Promise<string> {
  await cp(shipped, folder, { recursive: true });
  if (silenceMs === 'as shipped') return folder;
  const file = path.join(folder, orderFile);
  const text = readFileSync(file, 'utf8');
  const hasty = text.replace(
    '\ntriggers:',
    `\ndefaults:\n  step: { timeout: ${Math.round(silenceMs / 1_000)}s }\ntriggers:`,
  );
  if (hasty === text) throw new Error(`${orderFile} has no triggers any more: nowhere to put the defaults`);
  await writeFile(file, hasty);
  return folder;
}

/** The files of a folder of definitions as the API takes them. */
export function definitionFilesOf(
  folder: string,
): readonly { readonly path: string; readonly text: string }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(?:yaml|json)$/.test(file))
    .map((file) => ({ path: file, text: readFileSync(path.join(folder, file), 'utf8') }));
}
