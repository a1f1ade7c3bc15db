import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FakeClock } from '#libs/testing';
import { FieldKeyError, readFieldKeys } from './field-keys.js';
import { FolderFieldKeys } from './folder-field-keys.js';

const key = (fill: number): string => Buffer.alloc(32, fill).toString('base64');

describe('keys as text', () => {
  it('are read in order, by lines or commas', () => {
    const text = `2026-11:${key(1)}, 2026-10:${key(2)}\n\n2026-09:${key(3)}\n`;

    expect(readFieldKeys('phi', text).map(({ id, bytes }) => [id, bytes[0]])).toEqual([
      ['2026-11', 1],
      ['2026-10', 2],
      ['2026-09', 3],
    ]);
  });

  it.each([
    ['no id', key(1)],
    ['too short', `1:${Buffer.alloc(31).toString('base64')}`],
    ['an id with spaces', `a b:${key(1)}`],
    ['an id twice', `1:${key(1)},1:${key(2)}`],
  ])('are refused, and not shown: %s', (_, text) => {
    const read = () => readFieldKeys('phi', text);

    expect(read).toThrow(FieldKeyError);
    expect(read).toThrow(expect.not.stringContaining(key(1).slice(0, 8)) as never);
  });
});

describe('keys in a folder', () => {
  let folder: string;
  let clock: FakeClock;
  let keys: FolderFieldKeys;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'skald-keys-'));
    clock = new FakeClock();
    keys = new FolderFieldKeys(folder, clock);
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  const ids = (name = 'phi') => keys.find(name).map(({ id }) => id);

  it('are found as soon as they are there', () => {
    expect(ids()).toEqual([]);

    writeFileSync(join(folder, 'phi'), `1:${key(1)}\n`);

    expect(ids()).toEqual(['1']);
  });

  it('are read again after five seconds', async () => {
    writeFileSync(join(folder, 'phi'), `1:${key(1)}`);
    const before = ids();
    writeFileSync(join(folder, 'phi'), `2:${key(2)}\n1:${key(1)}`);
    await clock.run(4_999);
    const soon = ids();
    await clock.run(1);

    expect([before, soon, ids()]).toEqual([['1'], ['1'], ['2', '1']]);
  });

  it('stay while their file is being replaced', async () => {
    writeFileSync(join(folder, 'phi'), `1:${key(1)}`);
    ids();
    rmSync(join(folder, 'phi'));
    await clock.run(60_000);

    expect(ids()).toEqual(['1']);
  });

  it('cannot be looked for elsewhere', () => {
    writeFileSync(join(folder, 'phi'), `1:${key(1)}`);

    expect(ids(`../${folder.split('/').at(-1)}/phi`)).toEqual([]);
  });
});
