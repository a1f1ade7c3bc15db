import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { repositoryFolder } from '../../deploy/local/src/index.js';

/** Where the examples are. */
export const examplesFolder = path.join(repositoryFolder(), 'apps', 'shop', 'examples');

/**
 * The examples by their paths: those named, and every schema. `hurried` words are replaced in them, so that what takes
 * days takes seconds.
 *
 * @throws Error for words that are not there.
 */
export function exampleFiles(
  names: readonly string[],
  hurried: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const left = new Set(Object.keys(hurried));
  const files = names.map((name) => {
    let text = readFileSync(path.join(examplesFolder, name), 'utf8');
    for (const [words, others] of Object.entries(hurried)) {
      if (!text.includes(words)) continue;
      left.delete(words);
      text = text.replaceAll(words, others);
    }
    return [name, text] as const;
  });
  if (left.size > 0) throw new Error(`no example says ${[...left].join(', ')}`);
  const schemas = readdirSync(path.join(examplesFolder, 'schemas')).map(
    (name) => [`schemas/${name}`, readFileSync(path.join(examplesFolder, 'schemas', name), 'utf8')] as const,
  );
  return Object.fromEntries([...files, ...schemas]);
}
