import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Where tools are kept between runs, by name and version. */
const shelf = path.join(process.env['XDG_CACHE_HOME'] ?? path.join(homedir(), '.cache'), 'skald', 'tools');

/** The program `name` of a Go package at a version, built once on this machine. @throws when Go is missing or the build fails. */
export async function goTool(name: string, source: string, version: string): Promise<string> {
  const folder = path.join(shelf, `${name}-${version}`);
  const program = path.join(folder, name);
  if (existsSync(program)) return program;
  const building = `${folder}.${process.pid}`;
  await mkdir(building, { recursive: true });
  const env = { ...process.env, CGO_ENABLED: '0', GOBIN: building, GOFLAGS: '-trimpath' };
  await run('go', ['install', `${source}@${version}`], { env, maxBuffer: 64_000_000 });
  return (await shelve(building, folder)) ?? program;
}

/**
 * As `goTool`, for a module that is only built from its own folder, since it replaces or excludes others.
 * `target` is the package below the module's root. @throws when Go is missing or the build fails.
 */
export async function goModuleTool(
  name: string,
  { module, version, target }: { readonly module: string; readonly version: string; readonly target: string },
): Promise<string> {
  const folder = path.join(shelf, `${name}-${version}`);
  const program = path.join(folder, name);
  if (existsSync(program)) return program;
  const building = `${folder}.${process.pid}`;
  const source = `${building}.source`;
  const { stdout } = await run('go', ['mod', 'download', '-json', `${module}@${version}`]);
  await cp((JSON.parse(stdout) as { Dir: string }).Dir, source, { recursive: true });
  await writable(source);
  await mkdir(building, { recursive: true });
  const env = { ...process.env, CGO_ENABLED: '0' };
  const output = path.join(path.resolve(building), name);
  await run('go', ['build', '-trimpath', '-ldflags=-s -w', '-o', output, target], {
    cwd: source,
    env,
    maxBuffer: 64_000_000,
  });
  await rm(source, { recursive: true, force: true });
  return (await shelve(building, folder)) ?? program;
}

/** What Go downloads may not be changed, so that nothing could be removed either. */
async function writable(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await writable(path.join(folder, entry.name));
  }
}

/** The JSON Schemas of a Kubernetes version as kubeconform reads them, from a Python package. */
export async function kubernetesSchemas(release: string, version: string): Promise<string> {
  const folder = path.join(shelf, `kubernetes-schemas-${release}`);
  if (!existsSync(folder)) {
    const loading = `${folder}.${process.pid}`;
    await mkdir(loading, { recursive: true });
    const what = [`kubernetes-validate==${release}`, '--no-deps', '--quiet', '--disable-pip-version-check'];
    await run('python3', ['-m', 'pip', 'download', ...what, '--dest', loading]);
    const wheel = `kubernetes_validate-${release}-py3-none-any.whl`;
    await run('python3', ['-m', 'zipfile', '-e', path.join(loading, wheel), loading]);
    await shelve(loading, folder);
  }
  const schemas = path.join(
    folder,
    'kubernetes_validate',
    'kubernetes-json-schema',
    `v${version}-local-strict`,
  );
  await refersToItself(schemas);
  return schemas;
}

/** The schemas refer to each other by addresses on the net; as neighbours in a folder they do as well. */
async function refersToItself(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    const text = await readFile(file, 'utf8');
    const mended = text
      .replaceAll('"/api/_definitions.json#', '"_definitions.json#')
      .replace(/"\$id": "[^"]*"/, '"$comment": "without an address"');
    if (mended !== text) await writeFile(file, mended);
  }
}

/** Another test may have been quicker: then its copy stays. */
async function shelve(made: string, folder: string): Promise<undefined> {
  await rename(made, folder).catch(() => rm(made, { recursive: true, force: true }));
}
