import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryFolder } from '../../../../deploy/local/src/index.js';
import type { DefinitionText } from '#libs/orchestration';

/** The shop's definitions, contracts and schemas, by their paths below the folder of definitions. */
export function definitionFiles(): readonly DefinitionText[] {
  const folder = path.join(repositoryFolder(), 'apps', 'shop', 'definitions');
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(?:yaml|json)$/.test(file))
    .map((file) => ({ path: file, text: readFileSync(path.join(folder, file), 'utf8') }));
}
