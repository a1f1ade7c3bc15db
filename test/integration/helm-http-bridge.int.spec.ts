import path from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { chartFolder, chartManifests, type Manifest } from '../harness/chart.js';

// The first run on a machine builds helm.
jest.setTimeout(600_000);

describe('the bridge to participants over HTTP', () => {
  it('is not there unless it is asked for', async () => {
    const all = await manifests('minimal.yaml');

    expect(all.filter(({ metadata }) => metadata.name.includes('http-bridge'))).toEqual([]);
  });

  it('proves itself by its own secret, and may sign nothing', async () => {
    const env = (await bridgeContainer('everything.yaml')).env;

    expect(env).toContainEqual({ name: 'KAFKA_SASL_USERNAME', value: 'http-bridge' });
    expect(env).toContainEqual({
      name: 'KAFKA_SASL_PASSWORD',
      valueFrom: { secretKeyRef: { name: 'http-bridge', key: 'password' } },
    });
    expect(env.map(({ name }) => name)).not.toContain('SKALD_SECRET');
  });

  it('finds what contracts name in files of a secret', async () => {
    const { env, volumeMounts } = await bridgeContainer('everything.yaml');
    const { volumes } = await bridgePod('everything.yaml');
    const folder = env.find(({ name }) => name === 'SKALD_SECRETS')?.value;
    const mount = volumeMounts.find(({ mountPath }) => mountPath === folder);

    expect(mount).toMatchObject({ readOnly: true });
    expect(volumes.find(({ name }) => name === mount?.name)).toMatchObject({
      secret: { secretName: 'bank' },
    });
  });

  it('speaks as openly as the coordinator does', async () => {
    const container = await bridgeContainer('rotated.yaml', '--set', 'httpBridge.enabled=true');

    expect(container.env).toContainEqual({ name: 'SKALD_PROFILE', value: 'production' });
  });

  it('logs in with its own token where that is a file', async () => {
    const { volumes } = await bridgePod('token.yaml');

    expect(volumes.find(({ name }) => name === 'kafka-sasl')).toMatchObject({
      secret: { secretName: 'http-bridge-token' },
    });
  });

  it('is called by nobody', async () => {
    const policy = await bridgePart('everything.yaml', 'NetworkPolicy', '--set', withoutMonitor);

    expect(policy?.spec['policyTypes']).toContain('Ingress');
    expect(policy?.spec['ingress']).toBeUndefined();
  });

  it('lets nobody but those who may call the coordinator read its metrics', async () => {
    const from = ['--set-json', 'networkPolicy.ingressFrom=[{"namespaceSelector":{}}]'];
    const policy = await bridgePart('everything.yaml', 'NetworkPolicy', ...from);

    expect(policy?.spec['ingress']).toEqual([
      { ports: [{ port: 'http', protocol: 'TCP' }], from: [{ namespaceSelector: {} }] },
    ]);
  });

  it('is found by Prometheus, and by nobody unless that is asked for', async () => {
    const [monitor, service] = await Promise.all(
      ['ServiceMonitor', 'Service'].map((kind) => bridgePart('everything.yaml', kind)),
    );
    const pod = (await bridgePart('everything.yaml', 'Deployment'))!.spec['template'] as Manifest;

    expect(monitor?.spec).toMatchObject({ endpoints: [{ port: 'http', path: '/metrics' }] });
    expect(service?.metadata.labels).toMatchObject(selected(monitor));
    expect(pod.metadata.labels).toMatchObject(service?.spec['selector'] as object);
    expect(await bridgePart('everything.yaml', 'Service', '--set', withoutMonitor)).toBeUndefined();
  });

  it('is not found in the place of the coordinator', async () => {
    const all = await manifests('everything.yaml');
    const monitor = all.find(
      ({ kind, metadata }) => kind === 'ServiceMonitor' && metadata.name === 'shop-skald',
    );
    const services = all.filter(({ kind }) => kind === 'Service');

    const found = services.filter(({ metadata: { labels } }) =>
      Object.entries(selected(monitor)).every(([name, value]) => labels?.[name] === value),
    );
    expect(found.map(({ metadata }) => metadata.name)).toEqual(['shop-skald']);
  });

  it('is scaled by what waits for each participant, and then by nothing else', async () => {
    const scaled = await bridgePart('everything.yaml', 'ScaledObject');
    const deployment = await bridgePart('everything.yaml', 'Deployment');

    expect(scaled?.spec).toMatchObject({
      scaleTargetRef: { name: deployment?.metadata.name },
      minReplicaCount: 2,
      triggers: ['bank', 'post'].map((name) => ({
        metadata: { consumerGroup: name, topic: `${name}.commands`, sasl: 'scram_sha512', tls: 'enable' },
        authenticationRef: { name: 'kafka-reader' },
      })),
    });
    expect(deployment?.spec['replicas']).toBeUndefined();
  });

  it('may end slower than a call', async () => {
    const pod = await bridgePod('everything.yaml');
    const { env } = await bridgeContainer('everything.yaml');
    const callMs = Number(env.find(({ name }) => name === 'SKALD_HTTP_TIMEOUT_MS')?.value);

    expect(pod.terminationGracePeriodSeconds * 1_000).toBeGreaterThan(callMs);
  });

  it('is selected by nothing that selects the coordinator', async () => {
    const all = await manifests('everything.yaml');
    const coordinator = all.find(
      ({ kind, metadata }) => kind === 'Service' && metadata.name === 'shop-skald',
    )!.spec['selector'];
    const bridge = (await bridgePart('everything.yaml', 'Deployment'))!;

    expect((bridge.spec['template'] as Manifest).metadata.labels).not.toMatchObject(coordinator as object);
  });
});

const withoutMonitor = 'metrics.serviceMonitor.enabled=false';

function manifests(file: string, ...set: readonly string[]): Promise<readonly Manifest[]> {
  return chartManifests(['-f', path.join(chartFolder, 'ci', file), ...set]);
}

async function bridgePart(
  file: string,
  wanted: string,
  ...set: readonly string[]
): Promise<Manifest | undefined> {
  const all = await manifests(file, ...set);
  return all.find(({ kind, metadata }) => kind === wanted && metadata.name === 'shop-skald-http-bridge');
}

function selected(monitor: Manifest | undefined): Readonly<Record<string, string>> {
  return (monitor!.spec['selector'] as { readonly matchLabels: Readonly<Record<string, string>> })
    .matchLabels;
}

interface BridgePod {
  readonly terminationGracePeriodSeconds: number;
  readonly volumes: readonly { readonly name: string }[];
  readonly containers: readonly BridgeContainer[];
}

interface BridgeContainer {
  readonly env: readonly { readonly name: string; readonly value?: string }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

async function bridgePod(file: string, ...set: readonly string[]): Promise<BridgePod> {
  const workload = (await bridgePart(file, 'Deployment', ...set))!;
  return (workload.spec['template'] as { readonly spec: BridgePod }).spec;
}

async function bridgeContainer(file: string, ...set: readonly string[]): Promise<BridgeContainer> {
  return (await bridgePod(file, ...set)).containers[0]!;
}
