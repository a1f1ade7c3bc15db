import { chown, copyFile, lstat, mkdir, readdir, readlink, symlink } from 'node:fs/promises';
import path from 'node:path';
import type { ServerUser } from './command.js';

/**
 * Copies a folder that its owner may be changing: what vanishes on the way is left out. `skip` is asked
 * with the path below the folder.
 */
export async function copyLiveFolder(
  from: string,
  to: string,
  user: ServerUser | undefined,
  skip: (relative: string) => boolean = () => false,
  relative = '',
): Promise<void> {
  const source = path.join(from, relative);
  const { mode } = await lstat(source);
  await mkdir(path.join(to, relative), { recursive: true, mode: mode & 0o777 });
  await giveTo(path.join(to, relative), user);
  for (const entry of await readdir(source, { withFileTypes: true })) {
    const below = path.join(relative, entry.name);
    if (skip(below)) continue;
    if (entry.isDirectory()) await copyLiveFolder(from, to, user, skip, below);
    else
      await unlessVanished(
        copyEntry(path.join(from, below), path.join(to, below), entry.isSymbolicLink(), user),
      );
  }
}

async function copyEntry(
  from: string,
  to: string,
  isLink: boolean,
  user: ServerUser | undefined,
): Promise<void> {
  if (isLink) return symlink(await readlink(from), to);
  await copyFile(from, to);
  await giveTo(to, user);
}

async function giveTo(file: string, user: ServerUser | undefined): Promise<void> {
  if (user !== undefined) await chown(file, user.uid, user.gid);
}

async function unlessVanished(copy: Promise<void>): Promise<void> {
  try {
    await copy;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
