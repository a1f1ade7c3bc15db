import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { repository, run } from './process.mjs';

/** Installs the packages of the lock file unless they are there already, and answers the exit code. */
export async function install() {
  if (isInstalled()) return 0;
  process.stderr.write('installing packages (npm ci)\n');
  return run('npm', ['ci', '--no-fund', '--no-audit']);
}

/** True when what npm noted about node_modules is what the lock file asks for. */
export function isInstalled() {
  const wanted = packagesOf('package-lock.json');
  const present = packagesOf('node_modules/.package-lock.json');
  if (wanted === undefined || present === undefined) return false;
  return Object.entries(wanted).every(
    // Optional packages are left out where they are made for other platforms.
    ([name, entry]) =>
      name === '' ||
      (present[name] === undefined ? entry.optional === true : present[name].version === entry.version),
  );
}

function packagesOf(file) {
  try {
    return JSON.parse(readFileSync(path.join(repository, file), 'utf8')).packages;
  } catch {
    return undefined;
  }
}
