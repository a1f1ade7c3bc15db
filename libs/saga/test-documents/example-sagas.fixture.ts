import { readdirSync, readFileSync } from 'node:fs';
import type { DefinitionSource } from '../src/compiler/compile-definitions.js';

const FOLDER = 'apps/shop/examples';

/** Every example, as it stands in its file. */
export const exampleSources: readonly Extract<DefinitionSource, { text: string }>[] = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml'))
  .map((file) => ({ file, text: read(file) }));

/** The JSON Schemas the examples refer to, by the path they use. */
export const exampleFiles: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync(`${FOLDER}/schemas`).map((name) => [`schemas/${name}`, read(`schemas/${name}`)]),
);

function read(path: string): string {
  return readFileSync(`${FOLDER}/${path}`, 'utf8');
}
