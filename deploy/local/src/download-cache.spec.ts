import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cached, cacheFolder } from './download-cache.js';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'skald-cache-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the cache of downloads', () => {
  it('downloads once for two starts at once', async () => {
    let downloads = 0;
    const fill = async (draft: string): Promise<void> => {
      downloads += 1;
      await writeFile(path.join(draft, 'file'), 'content');
    };
    const [one, two] = await Promise.all([cached('thing-1', fill, folder), cached('thing-1', fill, folder)]);

    expect(one).toBe(two);
    expect(downloads).toBe(1);
    expect(await readFile(path.join(one, 'file'), 'utf8')).toBe('content');
  });

  it('leaves nothing of a download that failed', async () => {
    const fail = async (draft: string): Promise<void> => {
      await writeFile(path.join(draft, 'half'), '');
      throw new Error('connection lost');
    };

    await expect(cached('thing-1', fail, folder)).rejects.toThrow('connection lost');
    expect(await readdir(folder)).toEqual([]);
  });

  it('takes over the lock of a process that died', async () => {
    await writeFile(path.join(folder, 'thing-1.lock'), '999999999 longago');

    await expect(cached('thing-1', async () => undefined, folder)).resolves.toBe(
      path.join(folder, 'thing-1'),
    );
    expect(await readdir(folder)).toEqual(['thing-1']);
  });
});

describe('the place of the cache', () => {
  it('follows XDG_CACHE_HOME', () => {
    expect(cacheFolder({ XDG_CACHE_HOME: '/var/cache/me' })).toBe('/var/cache/me/skald');
  });

  it('ignores a relative XDG_CACHE_HOME', () => {
    expect(path.isAbsolute(cacheFolder({ XDG_CACHE_HOME: 'here' }))).toBe(true);
  });
});
