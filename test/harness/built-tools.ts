import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, cp, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { onShelf } from './tool-shelf.js';

const run = promisify(execFile);

/** The program `name` of a Go package at a version, built once on this machine. @throws when Go is missing or the build fails. */
export async function goTool(name: string, source: string, version: string): Promise<string> {
  const folder = await onShelf(`${name}-${version}`, async (building) => {
    await go(['install', `${source}@${version}`], { GOBIN: building, GOFLAGS: '-trimpath' });
  });
  return path.join(folder, name);
}

/**
 * As `goTool`, for a module that is only built from its own folder, since it replaces or excludes others.
 * `target` is the package below the module's root. @throws when Go is missing or the build fails.
 */
export async function goModuleTool(
  name: string,
  { module, version, target }: { readonly module: string; readonly version: string; readonly target: string },
): Promise<string> {
  const folder = await onShelf(`${name}-${version}`, async (building) => {
    const source = `${building}.source`;
    try {
      const downloaded = await go(['mod', 'download', '-json', `${module}@${version}`]);
      await cp((JSON.parse(downloaded) as { Dir: string }).Dir, source, { recursive: true });
      await writable(source);
      await go(['build', '-trimpath', '-ldflags=-s -w', '-o', path.join(building, name), target], {}, source);
    } finally {
      await rm(source, { recursive: true, force: true });
    }
  });
  return path.join(folder, name);
}

/**
 * The folder with programs that a Go module of ours asks for, built once on this machine: `packages` of the module in
 * `folder`, whose go.mod and go.sum say the versions of everything. `settings`: texts the linker puts in. @throws when Go is missing or the build fails.
 */
export async function pinnedGoTools(
  name: string,
  folder: string,
  packages: Readonly<Record<string, string>>,
  settings: readonly string[] = [],
): Promise<string> {
  const versions = createHash('sha256').update(await readFile(path.join(folder, 'go.mod')));
  return onShelf(`${name}-${versions.digest('hex').slice(0, 12)}`, async (building) => {
    for (const [program, target] of Object.entries(packages))
      await go(
        [
          'build',
          '-trimpath',
          `-ldflags=${['-s', '-w', ...settings].join(' ')}`,
          '-o',
          path.join(building, program),
          target,
        ],
        {},
        folder,
      );
  });
}

/** What Go downloads may not be changed, so that nothing could be removed either. */
async function writable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await writable(path.join(folder, entry.name));
  }
}

async function go(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  cwd = process.cwd(),
): Promise<string> {
  const { stdout } = await run('go', [...args], {
    cwd,
    env: { ...process.env, CGO_ENABLED: '0', ...env },
    maxBuffer: 64_000_000,
  });
  return stdout;
}
