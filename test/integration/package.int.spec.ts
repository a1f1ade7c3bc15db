import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const run = promisify(execFile);
const repository = process.cwd();

interface Manifest {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

let folder: string;
let files: readonly string[];

/** Packs the built package and lays it into an empty project, with the packages it depends on and no others. */
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'skald-package-'));
  const packed = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], {
    cwd: repository,
  });
  const [{ filename, files: list }] = JSON.parse(packed.stdout) as [
    { filename: string; files: { path: string }[] },
  ];
  files = list.map((file) => file.path);
  const modules = path.join(folder, 'node_modules');
  const home = path.join(modules, 'skald');
  await mkdir(home, { recursive: true });
  await run('tar', ['-xzf', path.join(folder, filename), '-C', home, '--strip-components=1']);
  const { dependencies } = JSON.parse(await readFile(path.join(home, 'package.json'), 'utf8')) as Manifest;
  for (const name of Object.keys(dependencies)) {
    await mkdir(path.dirname(path.join(modules, name)), { recursive: true });
    await symlink(path.join(repository, 'node_modules', name), path.join(modules, name));
  }
  await writeFile(path.join(folder, 'package.json'), '{"type":"module"}');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function imported(entry: string, expression: string): Promise<string> {
  const program = `import * as entry from 'skald/${entry}'; console.log(String(${expression}))`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program], { cwd: folder });
  return stdout.trim();
}

describe('the package in an empty project', () => {
  it.each([
    [
      'definition',
      "JSON.stringify(entry.saga('order', 1).toDocument())",
      '{"saga":"order","version":1,"steps":[]}',
    ],
    ['participant', 'typeof entry.Participant', 'function'],
    ['participant/nest', 'typeof entry.CarriesOut', 'function'],
    ['testing', 'typeof entry.givenSaga', 'function'],
  ])('can be imported by skald/%s', async (entry, expression, expected) => {
    expect(await imported(entry, expression)).toBe(expected);
  });

  it('brings the command line', async () => {
    const { stdout } = await run(
      process.execPath,
      ['node_modules/skald/dist/apps/cli/src/main.js', '--help'],
      { cwd: folder },
    );

    expect(stdout).toContain('publish');
  });

  it('keeps its insides to itself', async () => {
    await expect(imported('dist/libs/saga/src/index.js', 'entry')).rejects.toThrow(
      'ERR_PACKAGE_PATH_NOT_EXPORTED',
    );
  });

  it('holds no specs, fixtures or sources', () => {
    expect(files.filter((file) => /\.(spec|fixture)\.|(?<!\.d)\.ts$/.test(file))).toEqual([]);
    expect(files.length).toBeGreaterThan(100);
  });
});
