import path from 'node:path';
import { cached, cacheFolder } from '../../deploy/local/src/index.js';

/** The folder `name` of this machine's tools, filled by `make` the first time. The name says the version: nothing in it changes. */
export function onShelf(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  return cached(name, make, path.join(cacheFolder(), 'tools'));
}
