import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DefinitionText } from '#libs/orchestration';
import { ConfigurationError } from './environment.js';

/**
 * Every definition and schema below a folder, by its path from there. What begins with a dot is left out.
 *
 * @throws ConfigurationError when there is no such folder.
 */
export function readDefinitionFolder(folder: string): readonly DefinitionText[] {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new ConfigurationError([`SKALD_DEFINITIONS names "${folder}", which is not a folder`]);
  }
  return filesBelow(folder, '').map((path) => ({ path, text: readFileSync(join(folder, path), 'utf8') }));
}

function filesBelow(folder: string, prefix: string): readonly string[] {
  const entries = readdirSync(join(folder, prefix), { withFileTypes: true })
    .filter(({ name }) => !name.startsWith('.') && name !== 'node_modules')
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory()) return filesBelow(folder, path);
    return /\.(?:ya?ml|json|ics)$/i.test(entry.name) ? [path] : [];
  });
}
