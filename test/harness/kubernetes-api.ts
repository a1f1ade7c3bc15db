import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'yaml';
import {
  freePorts,
  runFolderOf,
  startGuard,
  startService,
  type ServiceProcess,
} from '../../deploy/local/src/index.js';
import { makeCertificates } from './certificates.js';
import { eventually } from './deadline.js';
import { KubernetesClient, type KubernetesObject } from './kubernetes-client.js';
import { kubernetesPrograms } from './operations-tools.js';

/** Resources of operators whose users the chart has: made once from the operators' own types, see the README there. */
const operatorResources = 'test/harness/kubernetes/resources';
const token = 'of-the-spec';

/** The API server of Kubernetes and its store, without anything that acts on what is stored. */
export interface KubernetesApi {
  readonly client: KubernetesClient;
  /** What `helm` and `kubectl` find the server by. */
  readonly kubeconfig: string;
  stop(): Promise<void>;
}

/** Starts an API server on free ports, with everything in `folder`, that knows the operators' resources. */
export async function startKubernetesApi(folder: string): Promise<KubernetesApi> {
  const programs = await kubernetesPrograms();
  const stack = { dataFolder: folder, logsFolder: path.join(folder, 'logs') };
  await mkdir(runFolderOf(folder), { recursive: true });
  const guard = startGuard(runFolderOf(folder));
  const running: ServiceProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const service of running.toReversed()) await service.stop();
    await guard.release();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const certificates = path.join(folder, 'certificates');
    const { ca, caFile } = await makeCertificates(certificates);
    const [peers, clients, port] = await freePorts(3);
    const etcd = `http://127.0.0.1:${clients}`;
    running.push(
      await startService({
        name: 'etcd',
        script: path.join(programs, 'etcd'),
        args: etcdArguments(path.join(folder, 'etcd'), etcd, `http://127.0.0.1:${peers}`),
        stack,
        ready: { url: `${etcd}/health` },
      }),
    );
    await writeFile(path.join(folder, 'tokens'), `${token},spec,spec,system:masters\n`);
    const url = `https://127.0.0.1:${port}`;
    const client = new KubernetesClient(url, token, ca);
    running.push(
      await startService({
        name: 'kube-apiserver',
        script: path.join(programs, 'kube-apiserver'),
        args: serverArguments(folder, etcd, port!),
        stack,
        ready: async () => (await client.request('GET', '/readyz')).status === 200,
      }),
    );
    const kubeconfig = path.join(folder, 'kubeconfig.json');
    await writeFile(kubeconfig, kubeconfigText(url, caFile));
    await addOperatorResources(client);
    return { client, kubeconfig, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function etcdArguments(data: string, clients: string, peers: string): readonly string[] {
  return [
    `--data-dir=${data}`,
    `--listen-client-urls=${clients}`,
    `--advertise-client-urls=${clients}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=default=${peers}`,
    '--unsafe-no-fsync',
    '--log-level=warn',
  ];
}

function serverArguments(folder: string, etcd: string, port: number): readonly string[] {
  const certificate = (name: string): string => path.join(folder, 'certificates', name);
  return [
    `--etcd-servers=${etcd}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${port}`,
    `--tls-cert-file=${certificate('server.pem')}`,
    `--tls-private-key-file=${certificate('server.key')}`,
    `--token-auth-file=${path.join(folder, 'tokens')}`,
    '--authorization-mode=RBAC',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${certificate('server.pem')}`,
    `--service-account-signing-key-file=${certificate('server.key')}`,
    '--service-cluster-ip-range=10.96.0.0/24',
    // Nothing here makes the account that a namespace otherwise has.
    '--disable-admission-plugins=ServiceAccount',
  ];
}

function kubeconfigText(server: string, caFile: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'spec', cluster: { server, 'certificate-authority': caFile } }],
    users: [{ name: 'spec', user: { token } }],
    contexts: [{ name: 'spec', context: { cluster: 'spec', user: 'spec' } }],
    'current-context': 'spec',
  });
}

async function addOperatorResources(client: KubernetesClient): Promise<void> {
  const files = (await readdir(operatorResources)).filter((file) => file.endsWith('.yaml'));
  for (const file of files) {
    const definition = parse(
      await readFile(path.join(operatorResources, file), 'utf8'),
    ) as KubernetesObject & {
      readonly spec: {
        readonly group: string;
        readonly names: { readonly kind: string };
        readonly versions: readonly { readonly name: string }[];
      };
    };
    const { status, text } = await client.apply(definition);
    if (status !== 201) throw new Error(`${file}: ${status} ${text}`);
    const { group, names, versions } = definition.spec;
    await eventually(`${names.kind} to be served`, () =>
      client.serves(`${group}/${versions[0]!.name}`, names.kind),
    );
  }
}
