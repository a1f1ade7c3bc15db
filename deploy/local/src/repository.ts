import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository, from the sources and from their compiled form alike. */
export function repositoryFolder(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(folder, 'deploy', 'compose.yaml'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error('deploy/compose.yaml is not above this file');
    folder = parent;
  }
  return folder;
}
