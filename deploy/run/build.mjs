import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import { node, repository } from './process.mjs';

const SOURCES = ['apps', 'libs', 'deploy', 'test'];
const ASSETS = new Set(['.sql', '.yaml', '.json', '.html', '.css', '.svg']);
const OUTPUT = /\.(?:js|d\.ts|js\.map)$/;

/**
 * Compiles all sources into `dist` and answers the exit code. The compiler is the native one, which takes a second;
 * `npm run typecheck` is the reference.
 */
export async function build() {
  const code = await node('node_modules/ts7/bin/tsc', ['-p', 'tsconfig.json']);
  if (code !== 0) {
    process.stderr.write('the sources do not compile\n');
    return code;
  }
  await Promise.all(SOURCES.map(copyAssets));
  await removeStale('dist');
  return 0;
}

/** Files that programs read beside themselves: whatever lies in a `src` folder and is no source. */
async function copyAssets(folder) {
  for (const file of await filesBelow(folder)) {
    if (!ASSETS.has(path.extname(file)) || !file.split(path.sep).includes('src')) continue;
    const target = path.join(repository, 'dist', file);
    if (!(await isNewer(path.join(repository, file), target))) continue;
    await mkdir(path.dirname(target), { recursive: true });
    await copyFile(path.join(repository, file), target);
  }
}

/** A compiled file whose source is gone would still be found by what imports it. */
async function removeStale(folder) {
  for (const file of await filesBelow(folder)) {
    if (!OUTPUT.test(file)) continue;
    const source = path.join(repository, path.relative('dist', file).replace(OUTPUT, '.ts'));
    if (!existsSync(source)) await rm(path.join(repository, file));
  }
}

async function filesBelow(folder) {
  const entries = await readdir(path.join(repository, folder), {
    withFileTypes: true,
    recursive: true,
  }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(repository, path.join(entry.parentPath ?? entry.path, entry.name)));
}

async function isNewer(source, target) {
  const [from, to] = await Promise.all([stat(source), stat(target).catch(() => undefined)]);
  return to === undefined || from.mtimeMs > to.mtimeMs;
}
