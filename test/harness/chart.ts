import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import { helmTool } from './operations-tools.js';

const run = promisify(execFile);

/** Where the chart lies. */
export const chartFolder = 'deploy/helm/skald';

/** The version of Kubernetes that manifests are rendered for, unless another is asked for. */
export const kubernetesVersion = '1.36.0';

/** What is told to a cluster. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** The chart as helm renders it with these arguments. @throws what helm says when it refuses them. */
export async function renderChart(args: readonly string[], version = kubernetesVersion): Promise<string> {
  const helm = await helmTool();
  const { stdout } = await run(helm, ['template', 'shop', chartFolder, '--kube-version', version, ...args]);
  return stdout;
}

/** What the chart tells the cluster with these arguments. */
export async function chartManifests(args: readonly string[]): Promise<readonly Manifest[]> {
  return parseAllDocuments(await renderChart(args)).flatMap((document) =>
    document.toJSON() === null ? [] : [document.toJSON() as Manifest],
  );
}
