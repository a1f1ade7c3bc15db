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

  it('logs in with its own token where that is a file', async () => {
    const { volumes } = await bridgePod('token.yaml');

    expect(volumes.find(({ name }) => name === 'kafka-sasl')).toMatchObject({
      secret: { secretName: 'http-bridge-token' },
    });
  });

  it('is called by nobody', async () => {
    const policy = (await bridgeParts('everything.yaml')).find(({ kind }) => kind === 'NetworkPolicy');

    expect(policy?.spec['policyTypes']).toContain('Ingress');
    expect(policy?.spec['ingress']).toBeUndefined();
  });

  it('may end slower than a call', async () => {
    const pod = await bridgePod('everything.yaml');
    const { env } = await bridgeContainer('everything.yaml');
    const callMs = Number(env.find(({ name }) => name === 'SKALD_HTTP_TIMEOUT_MS')?.value);

    expect(pod.terminationGracePeriodSeconds * 1_000).toBeGreaterThan(callMs);
  });

  it('is selected by nothing that selects the coordinator', async () => {
    const all = await manifests('everything.yaml');
    const coordinator = all.find(({ kind }) => kind === 'Service')!.spec['selector'];
    const bridge = (await bridgeParts('everything.yaml')).find(({ kind }) => kind === 'Deployment')!;

    expect((bridge.spec['template'] as Manifest).metadata.labels).not.toMatchObject(coordinator as object);
  });
});

function manifests(file: string): Promise<readonly Manifest[]> {
  return chartManifests(['-f', path.join(chartFolder, 'ci', file)]);
}

async function bridgeParts(file: string): Promise<readonly Manifest[]> {
  return (await manifests(file)).filter(({ metadata }) => metadata.name === 'shop-skald-http-bridge');
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

async function bridgePod(file: string): Promise<BridgePod> {
  const workload = (await bridgeParts(file)).find(({ kind }) => kind === 'Deployment')!;
  return (workload.spec['template'] as { readonly spec: BridgePod }).spec;
}

async function bridgeContainer(file: string): Promise<BridgeContainer> {
  return (await bridgePod(file)).containers[0]!;
}
