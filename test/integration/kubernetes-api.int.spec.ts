import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { chartFolder, chartManifests } from '../harness/chart.js';
import { startKubernetesApi, type KubernetesApi } from '../harness/kubernetes-api.js';
import type { KubernetesAnswer, KubernetesObject } from '../harness/kubernetes-client.js';
import { helmTool } from '../harness/operations-tools.js';

const run = promisify(execFile);
const values = readdirSync(path.join(chartFolder, 'ci'));
/** Where the API server itself refuses pods that are not what the strictest of its standards asks for. */
const restricted = 'restricted';

// The first run on a machine builds the API server: four minutes, and more beside other tests.
jest.setTimeout(1_200_000);

let api: KubernetesApi;

/** Pods as workloads of the chart make them. */
type Template = Omit<KubernetesObject, 'metadata'> & {
  readonly metadata: object;
  readonly spec: { readonly securityContext: object };
};

beforeAll(async () => {
  api = await startKubernetesApi(await mkdtemp(path.join(tmpdir(), 'skald-kubernetes-')));
  const standard = 'pod-security.kubernetes.io';
  const labels = { [`${standard}/enforce`]: restricted, [`${standard}/warn`]: restricted };
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: restricted, labels } };
  expect(await api.client.apply(namespace)).toMatchObject({ status: 201 });
});

afterAll(() => api?.stop());

/** What the chart tells the cluster, all of it in the namespace with the strictest standard. */
async function told(file: string): Promise<readonly KubernetesObject[]> {
  const manifests = await chartManifests(['-f', path.join(chartFolder, 'ci', file), '-n', restricted]);
  return manifests as unknown as readonly KubernetesObject[];
}

/** The manifest, and what the server says to it. Nothing is stored. */
async function tried(manifest: KubernetesObject): Promise<KubernetesAnswer & { readonly what: string }> {
  const answer = await api.client.apply(manifest, { dryRun: true });
  return { ...answer, what: `${manifest.kind} ${manifest.metadata.name}` };
}

async function pod(file: string, kind: string): Promise<Template> {
  const workload = (await told(file)).find((manifest) => manifest.kind === kind);
  const { template } = (workload as unknown as { readonly spec: { readonly template: Template } }).spec;
  const metadata = { ...template.metadata, name: 'alone', namespace: restricted };
  return { ...template, apiVersion: 'v1', kind: 'Pod', metadata };
}

describe.each(values)('the API server, told the chart with the values of %s', (file) => {
  it('takes every field and has nothing against any', async () => {
    const answers = await Promise.all((await told(file)).map(tried));

    expect(answers.length).toBeGreaterThan(5);
    for (const { what, status, text, warnings } of answers)
      expect({ what, status, text: status === 201 ? '' : text, warnings }).toEqual({
        what,
        status: 201,
        text: '',
        warnings: [],
      });
  });
});

describe('the API server', () => {
  it.each([
    ['a workload', 'Deployment', 'spec', { replica: 3 }],
    ['a resource of KEDA', 'ScaledObject', 'spec', { maxReplicas: 3 }],
    ['a resource of Strimzi', 'KafkaTopic', 'spec', { partition: 3 }],
    ['a resource of the Prometheus operator', 'ServiceMonitor', 'spec', { endpoint: [] }],
  ])('refuses a field it does not know: %s', async (_, kind, part, typo) => {
    const manifest = (await told('everything.yaml')).find(
      (each) => each.kind === kind,
    ) as unknown as Readonly<Record<string, object>>;

    const { status, text } = await tried({
      ...manifest,
      [part]: { ...manifest[part], ...typo },
    } as unknown as KubernetesObject);

    expect([400, 500]).toContain(status);
    expect(text).toContain(Object.keys(typo)[0]);
  });

  it.each(['Deployment', 'Job'])('admits the pods of the %s under the strictest standard', async (kind) => {
    const template = await pod('everything.yaml', kind);

    expect(await tried(template as unknown as KubernetesObject)).toMatchObject({ status: 201, warnings: [] });
  });

  it('would not admit them as root', async () => {
    const template = await pod('everything.yaml', 'Deployment');
    const { securityContext } = template.spec;
    const asRoot = {
      ...template,
      spec: { ...template.spec, securityContext: { ...securityContext, runAsUser: 0 } },
    };

    const { status, text } = await tried(asRoot as unknown as KubernetesObject);

    expect(status).toBe(403);
    expect(text).toContain('restricted');
  });
});

describe('a release of the chart', () => {
  const [deployment, budget, scaled] = [
    { apiVersion: 'apps/v1', kind: 'Deployment' },
    { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' },
    { apiVersion: 'keda.sh/v1alpha1', kind: 'ScaledObject' },
  ].map((what) => ({ ...what, metadata: { name: 'shop-skald', namespace: 'default' } }));

  it('is installed, changed in every value, rolled back and taken away', async () => {
    const kinds = async (): Promise<readonly boolean[]> => {
      const found = [deployment!, budget!, scaled!].map((object) => api.client.find(object));
      return (await Promise.all(found)).map((each) => each !== undefined);
    };

    const first = await helm('install', 'shop', chartFolder, '-f', valuesIn('minimal.yaml'));
    expect(await kinds()).toEqual([true, true, false]);

    const second = await helm('upgrade', 'shop', chartFolder, '-f', valuesIn('everything.yaml'));
    expect(await kinds()).toEqual([true, true, true]);

    for (const notes of [first, second]) {
      expect(notes).toContain('rollout status deployment/shop-skald');
      expect(notes).toMatch(/port-forward service\/shop-skald 8080:\d+\n/);
    }
    const isOpen = [/Outgoing traffic is not limited/, /No traces leave/];
    expect(isOpen.map((said) => [said.test(first), said.test(second)])).toEqual([
      [true, false],
      [true, false],
    ]);
    expect(second).toContain('deployment/shop-skald-http-bridge');

    await helm('rollback', 'shop', '1');
    expect(await kinds()).toEqual([true, true, false]);

    await helm('uninstall', 'shop');
    expect(await kinds()).toEqual([false, false, false]);
  });
});

/** Without hooks, since nothing here runs the job they wait for. */
async function helm(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(await helmTool(), [
    ...args,
    '--no-hooks',
    '--kubeconfig',
    api.kubeconfig,
    '--namespace',
    'default',
  ]);
  return stdout;
}

function valuesIn(file: string): string {
  return path.join(chartFolder, 'ci', file);
}
