import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { freePorts } from '../../deploy/local/src/index.js';
import { chartManifests } from '../harness/chart.js';
import { eventually } from '../harness/deadline.js';
import { startHttpService, type HttpService } from '../harness/http-service.js';
import { startPod, type Pod } from '../harness/pod.js';
import { podTemplateOf } from '../harness/pod-template.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';

const token = 'the-right-one';
/** How pods of the cluster reach the coordinator. */
const serviceOfTheChart = 'http://shop-skald:8080';

const documents = (base: string): string => `participant: accounts
http: { base: '${base}', auth: 'secret:accounts-token' }
commands:
  open: { http: 'PUT /accounts/{accountId}' }
---
saga: open-account-by-chart
version: 1
key: input.accountId
steps:
  - step: openAccount
    call: accounts.open
    pivot: true
`;

jest.setTimeout(180_000);

let accounts: HttpService;
let bench: SagaBench;
let pod: Pod;
let memoryLimit: number;

beforeAll(async () => {
  accounts = await startHttpService(({ headers }) =>
    headers['authorization'] === `Bearer ${token}` ? { status: 201, body: {} } : { status: 401 },
  );
  bench = await startSagaBench({
    name: 'chart-http-bridge',
    documents: documents(accounts.url),
    elsewhere: ['accounts'],
  });
  const secrets = path.join(bench.folders.dataFolder, 'http-secrets');
  await mkdir(secrets);
  await writeFile(path.join(secrets, 'accounts-token'), token);
  const workload = await bridgeOfTheChart();
  memoryLimit = limitOf(workload);
  pod = await startPod({
    template: podTemplateOf(workload),
    stack: bench.folders,
    surroundings: {
      podName: 'http-bridge-1',
      secrets: { 'skald-database/url': bench.databaseUrl },
      folders: { '/etc/skald/http-secrets': secrets },
    },
  });
}, 300_000);

afterAll(async () => {
  pod?.stopProbes();
  await pod?.service.stop();
  await bench?.discard();
  await accounts?.stop();
});

type Workload = Awaited<ReturnType<typeof chartManifests>>[number];

function manifestsOfTheChart(): Promise<readonly Workload[]> {
  return chartManifests([
    ...['--set', 'signing.existingSecret=skald-signing,database.existingSecret=skald-database'],
    ...['--set', 'httpBridge.enabled=true,httpBridge.secrets.existingSecret=accounts'],
    ...['--set-json', `kafka.brokers=${JSON.stringify(bench.kafkaBrokers)}`],
  ]);
}

async function bridgeOfTheChart(): Promise<Workload> {
  const manifests = await manifestsOfTheChart();
  return manifests.find(({ kind, metadata }) => kind === 'Deployment' && metadata.name.endsWith('bridge'))!;
}

/** Bytes that the container may use. */
function limitOf({ spec }: Workload): number {
  const { containers } = (
    spec['template'] as {
      readonly spec: {
        readonly containers: readonly {
          readonly resources: { readonly limits: { readonly memory: string } };
        }[];
      };
    }
  ).spec;
  const [, mebibytes] = /^(\d+)Mi$/.exec(containers[0]!.resources.limits.memory)!;
  return Number(mebibytes) * 1_048_576;
}

/** The most memory that the process has had. */
async function peakOf(pid: number): Promise<number> {
  const [, kibibytes] = /VmHWM:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))!;
  return Number(kibibytes) * 1_024;
}

describe('what helm runs to test a release', () => {
  /** What its pod runs, where the service is said to be at this address. */
  async function tested(url: string): Promise<{ readonly code: number; readonly err: string }> {
    const pods = (await manifestsOfTheChart()).filter(({ kind }) => kind === 'Pod');
    const [{ command, args }] = pods[0]!.spec['containers'] as [Record<'command' | 'args', string[]>];
    const [program, ...rest] = [...command, ...args].map((text) => text.replace(serviceOfTheChart, url));
    return new Promise((resolve) => {
      execFile(program!, rest, (error, _, err) => resolve({ code: error === null ? 0 : 1, err }));
    });
  }

  it('succeeds where the service can work, and fails where nobody answers', async () => {
    const [nobody] = await freePorts(1);

    expect(await tested(bench.api.url)).toEqual({ code: 0, err: '' });
    expect(await tested(`http://127.0.0.1:${nobody}`)).toMatchObject({ code: 1 });
  });
});

describe('the bridge of the chart as a process, with its command, environment, probes and grace period', () => {
  it('calls who is named, with the secret of its folder, within its memory', async () => {
    const keys = Array.from({ length: 50 }, (_, index) => `a-${index}`);

    await Promise.all(
      keys.map((accountId) => bench.api.start('open-account-by-chart', { accountId }, accountId)),
    );
    const pages = await Promise.all(keys.map((key) => bench.ended(key)));

    expect(new Set(pages.map(({ status }) => status))).toEqual(new Set(['completed']));
    expect(accounts.effects.size).toBe(keys.length);
    const peak = await peakOf(pod.service.pid!);
    console.log(`${keys.length} calls: at most ${(peak / 1_048_576).toFixed(0)} MiB`);
    expect(peak).toBeLessThan(memoryLimit);
  });

  it('shows what it called, by command and outcome', async () => {
    // A call is over when its reply is acknowledged, which the saga does not wait for.
    const page = await eventually('all calls to be over', async () => {
      const text = await (await fetch(`${pod.url}/metrics`)).text();
      return text.includes('saga_command_under_way{saga_command="accounts.open"} 0') && text;
    });

    expect(page).toContain(
      'saga_command_duration_count{saga_command="accounts.open",saga_outcome="succeeded"} 50',
    );
  });

  it('ends by itself when it is asked to, and would never have been restarted', async () => {
    expect(await pod.end()).toEqual({ code: 0, signal: undefined });
    expect(pod.liveness).toMatchObject({ hasGivenUp: false });
    expect(pod.liveness.successes).toBeGreaterThan(0);
  });
});
