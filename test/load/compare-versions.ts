import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { compareSides, output, type Compared, type ComparePlan } from './compare-sides.js';

/**
 * Measures the order saga of an older version (anything that Git knows one by) and of this one, each by its own bench.
 */
export async function compareVersions(
  before: string,
  plan: Omit<ComparePlan, 'sides'>,
  say: (line: string) => void,
): Promise<readonly Compared[]> {
  const version = (await output('git', ['rev-parse', '--short', `${before}^{commit}`])).trim();
  const folder = await checkOut(version, say);
  try {
    return await compareSides({ ...plan, sides: [{ name: version, folder }, { name: 'this version' }] }, say);
  } finally {
    await output('git', ['worktree', 'remove', '--force', folder]);
  }
}

/** The older version in a folder of its own; it installs and builds itself when its bench is first run. */
async function checkOut(version: string, say: (line: string) => void): Promise<string> {
  const folder = path.resolve('.skald', 'before', version);
  if (existsSync(folder)) await output('git', ['worktree', 'remove', '--force', folder]);
  say(`checking out ${version}`);
  await output('git', ['worktree', 'add', '--detach', folder, version]);
  const lock = (at: string): string => readFileSync(path.join(at, 'package-lock.json'), 'utf8');
  if (lock(folder) === lock('.'))
    symlinkSync(path.resolve('node_modules'), path.join(folder, 'node_modules'));
  return folder;
}
