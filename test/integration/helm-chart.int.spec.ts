import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import {
  chartFolder,
  chartManifests,
  kubernetesVersion,
  renderChart,
  type Manifest,
} from '../harness/chart.js';
import { runSkald } from '../harness/skald-command.js';
import { helmTool, kubeconformTool, kubeScoreTool } from '../harness/operations-tools.js';
import { kubernetesSchemas } from '../harness/python-tools.js';

const run = promisify(execFile);
const values = readdirSync(path.join(chartFolder, 'ci'));

// The first run on a machine builds the tools.
jest.setTimeout(600_000);

let helm: string;
let kubeconform: string;
let kubeScore: string;

beforeAll(async () => {
  helm = await helmTool();
  kubeconform = await kubeconformTool();
  kubeScore = await kubeScoreTool();
});

describe.each(values)('the chart with the values of %s', (file) => {
  const args = valuesOf(file);

  it('is what helm takes for a sound chart', async () => {
    const { stdout } = await run(helm, ['lint', '--strict', chartFolder, ...args]);

    expect(stdout).toContain('0 chart(s) failed');
  });

  it.each(['1.27.0', '1.31.0', kubernetesVersion])(
    'is what the API of Kubernetes %s knows',
    async (version) => {
      const text = await renderChart(args, version);
      const folder = await kubernetesSchemas(kubernetesVersion, version);
      const location = path.join(folder, '{{ .ResourceKind }}{{ .KindSuffix }}.json');
      // Resources of operators have no schema here; their names are asked for below.
      const options = ['-strict', '-summary', '-ignore-missing-schemas', '-schema-location', location, '-'];

      const { stdout } = await piped(kubeconform, options, text);

      expect(stdout).toMatch(/Invalid: 0, Errors: 0/);
      expect(stdout).toMatch(/Valid: [1-9]/);
    },
  );

  it('asks for nothing that policies refuse', async () => {
    const text = await renderChart(args);
    // No CPU limit: a throttled pod loses its partitions. Pull policy is the user's. The job and the test are gone in a minute.
    const ignored = ['container-resources', 'container-image-pull-policy', 'pod-networkpolicy'];
    const options = ignored.flatMap((test) => ['--ignore-test', test]);

    const { stdout } = await piped(kubeScore, ['score', ...options, '-o', 'ci', '-'], text);

    expect(stdout.split('\n').filter((line) => line.startsWith('[CRITICAL]'))).toEqual([]);
  });
});

describe('pods of the chart', () => {
  it('are not root, write nowhere and hold no token', async () => {
    const workloads = (await manifests('everything.yaml')).filter(
      ({ kind }) => kind === 'Deployment' || kind === 'Job',
    );
    const pods = workloads.map(({ spec }) => (spec['template'] as { spec: Record<string, unknown> }).spec);

    expect(pods).toHaveLength(3);
    for (const pod of pods) {
      expect(pod).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            securityContext: {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ['ALL'] },
            },
          },
        ],
      });
    }
  });

  it('get secrets by reference only', async () => {
    const text = await renderChart(valuesOf('everything.yaml'));
    const secret = (await manifests('everything.yaml')).filter(({ kind }) => kind === 'Secret');

    expect(secret).toEqual([]);
    expect(text).toMatch(/name: KAFKA_SASL_PASSWORD\n\s+valueFrom:\n\s+secretKeyRef:/);
    expect(text).toMatch(/name: DATABASE_URL\n\s+valueFrom:\n\s+secretKeyRef:/);
  });

  it('are told of secrets that are exchanged while they run by file only', async () => {
    const workloads = (await manifests('rotated.yaml')).filter(
      ({ kind }) => kind === 'Deployment' || kind === 'Job',
    );
    for (const { spec } of workloads) {
      const [{ env }] = (
        spec['template'] as { spec: { containers: [{ env: { name: string; value?: string }[] }] } }
      ).spec.containers;
      expect(Object.fromEntries(env.map(({ name, value }) => [name, value]))).toMatchObject({
        SKALD_PROFILE: 'production',
        DATABASE_URL_FILE: '/etc/skald/database-url/url',
        DATABASE_SSL_CA: '/etc/skald/database/ca.crt',
        DATABASE_SSL_CERT: '/etc/skald/database/tls.crt',
        DATABASE_SSL_KEY: '/etc/skald/database/tls.key',
        KAFKA_SASL_USERNAME_FILE: '/etc/skald/sasl/username',
        KAFKA_SASL_PASSWORD_FILE: '/etc/skald/sasl/password',
      });
    }
    expect(workloads).toHaveLength(2);
    expect(await renderChart(valuesOf('rotated.yaml'))).not.toMatch(
      /name: (?:DATABASE_URL|KAFKA_SASL_\w+)\n\s+valueFrom/,
    );
  });

  it('are never fewer than two when they scale, nor more than there are home partitions', async () => {
    const [scaled] = (await manifests('everything.yaml')).filter(isOfCoordinator('ScaledObject'));

    expect(scaled?.spec).toMatchObject({ minReplicaCount: 2, maxReplicaCount: 12 });
  });

  it('are spread over zones and nodes, and leave one at a time', async () => {
    const all = await manifests('everything.yaml');
    const [coordinator, bridge] = all.filter(({ kind }) => kind === 'Deployment').map(placementOf);
    const budgets = all.filter(({ kind }) => kind === 'PodDisruptionBudget').map(({ spec }) => spec);

    for (const { labels, spreads, apart } of [coordinator!, bridge!]) {
      const { matchLabels } = apart;
      expect(labels).toMatchObject(matchLabels);
      expect(spreads).toEqual(
        ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((topologyKey) => ({
          maxSkew: 1,
          topologyKey,
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector: { matchLabels },
        })),
      );
      expect(budgets).toContainEqual(
        expect.objectContaining({ maxUnavailable: 1, selector: { matchLabels } }),
      );
    }
    expect(coordinator!.labels).not.toMatchObject(bridge!.apart.matchLabels);
    expect(bridge!.labels).not.toMatchObject(coordinator!.apart.matchLabels);
  });

  it.each([
    ['plain', 'plaintext'],
    ['scram-sha-256', 'scram_sha256'],
    ['scram-sha-512', 'scram_sha512'],
    ['oauthbearer', 'oauthbearer'],
  ])('are scaled by a reader that logs in as they do: %s', async (mechanism, inKeda) => {
    const set = ['--set', `kafka.sasl.mechanism=${mechanism},kafka.sasl.tokenKey=token`];

    const all = await chartManifests([...valuesOf('everything.yaml'), ...set]);

    expect(all.find(isOfCoordinator('ScaledObject'))?.spec['triggers']).toMatchObject([
      { metadata: { sasl: inKeda, tls: 'enable' }, authenticationRef: { name: 'kafka-reader' } },
    ]);
  });

  it('are told apart from migration and test by their labels', async () => {
    const all = await manifests('minimal.yaml');
    const selector = (all.find(({ kind }) => kind === 'Service')!.spec['selector'] ?? {}) as Record<
      string,
      string
    >;
    const job = all.find(({ kind }) => kind === 'Job')!.spec['template'] as Manifest;
    const test = all.find(({ kind }) => kind === 'Pod')!;

    for (const { metadata } of [job, test])
      expect(metadata.labels?.['app.kubernetes.io/name']).not.toBe(selector['app.kubernetes.io/name']);
  });
});

describe('the user of Strimzi', () => {
  it.each([false, true])(
    'is allowed what the command line lists, making topics: %s',
    async (createTopics) => {
      const folder = 'apps/shop/definitions';
      const list = await skaldAcls(folder, '-o', 'json', ...(createTopics ? ['--create-topics'] : []));
      const [{ permissions }] = JSON.parse(list) as [
        { permissions: readonly { resource: string; operation: string; name: string }[] },
      ];
      const topicsThat = (operation: string) =>
        permissions.filter(
          (each) => each.operation === operation && each.resource === 'topic' && each.name !== 'skald.home',
        );
      const [commands, told] = [/\.commands$/, /\.events$/].map((kind) =>
        topicsThat('Write').filter(({ name }) => kind.test(name)),
      );
      const topics = { commandTopics: commands!, toldTopics: told!, readTopics: topicsThat('Read') };
      const set = Object.entries(topics).flatMap(([value, named]) => [
        '--set',
        `strimzi.${value}={${named.map(({ name }) => name).join()}}`,
      ]);

      const rendered = await manifests(
        'everything.yaml',
        '--set',
        `installation.createTopics=${createTopics}`,
        ...set,
      );

      const [user] = rendered.filter(({ kind }) => kind === 'KafkaUser');
      const listed = parseAllDocuments(
        await skaldAcls(folder, '-f', 'strimzi', ...(createTopics ? ['--create-topics'] : [])),
      ).map((document) => document.toJSON() as Manifest);
      expect(rulesOf(user!)).toEqual(rulesOf(listed[0]!));
    },
  );
});

describe('values that make no sense', () => {
  it.each([
    ['a typo', ['--set', 'replica=3'], "additional properties 'replica' not allowed"],
    [
      'a typo deep inside',
      ['--set', 'kafka.sasl.mechanisms=plain'],
      "additional properties 'mechanisms' not allowed",
    ],
    ['an unknown mechanism', ['--set', 'kafka.sasl.mechanism=gssapi'], 'kafka/sasl/mechanism'],
    ['a broker without a port', ['--set', 'kafka.brokers={kafka-1}'], 'kafka/brokers/0'],
    ['scaling to one', ['--set', 'autoscaling.minReplicas=1'], 'autoscaling/minReplicas'],
    [
      'scaling by a lag that nobody may read',
      ['--set', 'autoscaling.enabled=true,kafka.sasl.mechanism=plain,kafka.sasl.existingSecret=kafka'],
      'autoscaling.authenticationRef is needed',
    ],
    ['a version of Strimzi there is not', ['--set', 'strimzi.apiVersion=v2'], 'strimzi/apiVersion'],
    [
      'a typo of the bridge',
      ['--set', 'httpBridge.timeout=3s'],
      "additional properties 'timeout' not allowed",
    ],
    ['a bridge without a pod', ['--set', 'httpBridge.replicas=0'], 'httpBridge/replicas'],
    [
      'half a certificate',
      ['--set', 'httpBridge.enabled=true,httpBridge.tls.existingSecret=bank,httpBridge.tls.certKey=tls.crt'],
      'httpBridge.tls.keyKey is needed',
    ],
    [
      'a bridge that scales by nothing',
      ['--set', 'httpBridge.enabled=true,httpBridge.autoscaling.enabled=true'],
      'httpBridge.participants are needed',
    ],
    ['a bridge scaled to one', ['--set', 'httpBridge.autoscaling.minReplicas=1'], 'autoscaling/minReplicas'],
    ['a digest that is none', ['--set', 'image.digest=latest'], 'image/digest'],
    ['no database', ['--set', 'database.existingSecret='], 'database.existingSecret is needed'],
    ['no signing secret', ['--set', 'signing.existingSecret='], 'signing.existingSecret is needed'],
    ['no broker', ['--set', 'kafka.brokers=null'], 'kafka.brokers is needed'],
  ])('are refused: %s', async (_, set, message) => {
    const refused = renderChart([...valuesOf('minimal.yaml'), ...set]);

    await expect(refused).rejects.toMatchObject({ stderr: expect.stringContaining(message) });
  });
});

interface Selector {
  readonly matchLabels: Readonly<Record<string, string>>;
}

interface PlacedPods {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly topologySpreadConstraints: readonly unknown[];
    readonly affinity: {
      readonly podAntiAffinity: {
        readonly preferredDuringSchedulingIgnoredDuringExecution: readonly [
          { readonly podAffinityTerm: { readonly labelSelector: Selector } },
        ];
      };
    };
  };
}

/** What the labels of pods are, and how they keep apart. */
function placementOf({ spec }: Manifest) {
  const { metadata, spec: pod } = spec['template'] as PlacedPods;
  const [preferred] = pod.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution;
  return {
    labels: metadata.labels,
    spreads: pod.topologySpreadConstraints,
    apart: preferred.podAffinityTerm.labelSelector,
  };
}

/** The bridge has some of the same. */
function isOfCoordinator(wanted: string): (manifest: Manifest) => boolean {
  return ({ kind, metadata }) => kind === wanted && metadata.name === 'shop-skald';
}

function valuesOf(file: string): readonly string[] {
  return ['-f', path.join(chartFolder, 'ci', file)];
}

/** Every single permission of a user, as a line. */
function rulesOf({ spec }: Manifest): readonly string[] {
  const { acls } = spec['authorization'] as {
    acls: readonly {
      resource: { type: string; name: string; patternType: string };
      operations: readonly string[];
    }[];
  };
  return acls
    .flatMap(({ resource: { type, name, patternType }, operations }) =>
      operations.map((operation) => `${operation} ${type} ${name} ${patternType}`),
    )
    .sort();
}

async function skaldAcls(folder: string, ...args: readonly string[]): Promise<string> {
  return (await runSkald({}, 'acls', folder, '--role', 'coordinator', ...args)).out;
}

function manifests(file: string, ...set: readonly string[]): Promise<readonly Manifest[]> {
  return chartManifests([...valuesOf(file), ...set]);
}

/** Runs a program on a text; one that ends with an error has said why on its output. */
function piped(program: string, args: readonly string[], text: string): Promise<{ readonly stdout: string }> {
  return new Promise((resolve) => {
    const child = execFile(program, [...args], { maxBuffer: 16_000_000 }, (_, stdout, stderr) =>
      resolve({ stdout: stdout + stderr }),
    );
    child.stdin?.end(text);
  });
}
