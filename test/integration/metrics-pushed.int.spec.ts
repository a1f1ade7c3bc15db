import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startMetrics, type Metrics } from '#libs/observability';
import type { Gauges, Transition } from '#libs/orchestration';
import { eventually } from '../harness/deadline.js';
import { startPrometheus, type Prometheus, type Sample } from '../harness/prometheus.js';

const saga = '0196f0a0-0000-7abc-8000-000000000001';
const startedAt = Date.UTC(2026, 0, 31);
const facts = { id: saga, key: 'order-1', definition: 'order-fulfilment', version: 1, startedAt, hops: 0 };
const threeDaysMs = 3 * 86_400_000;

const gauges: Gauges = {
  census: () =>
    Promise.resolve({
      live: [{ definition: 'order-fulfilment', status: 'running', count: 3, oldestMs: 60_000 }],
      incidents: [],
      stalled: [],
      parked: [],
      tasks: [],
      limits: [],
      paused: [],
      timerLatenessMs: 0,
    }),
  definitions: () => ['order-fulfilment'],
  ownerOf: () => 'sales',
  participants: () => [],
  ownerOfParticipant: () => undefined,
  lanes: () => [],
  targets: () => [],
  outbox: () => ({ messages: 0, oldestMs: 0 }),
};

// The first run on a machine builds Prometheus.
jest.setTimeout(180_000);

let folder: string;
let prometheus: Prometheus;
let metrics: Metrics;
let environment: NodeJS.ProcessEnv;
let variables: Readonly<Record<string, string>> = {};

beforeAll(async () => {
  environment = { ...process.env };
  folder = await mkdtemp(path.join(tmpdir(), 'skald-pushed-'));
  prometheus = await startPrometheus(
    { dataFolder: folder, logsFolder: folder },
    { targets: [], takesOtlp: true },
  );
  variables = {
    OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: prometheus.otlpUrl,
    OTEL_METRIC_EXPORT_INTERVAL: '1000',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=spec',
  };
  Object.assign(process.env, variables);
  metrics = await startMetrics('coordinator');
  metrics.saga.watch(gauges);
  metrics.saga.committed(
    transition(1, { kind: 'start', now: startedAt, facts, input: null, toggles: {} }, []),
  );
  metrics.saga.committed(
    transition(2, { kind: 'due', now: startedAt + threeDaysMs }, [{ kind: 'finish', status: 'completed' }]),
  );
}, 600_000);

afterAll(async () => {
  await metrics?.stop();
  await prometheus?.stop();
  for (const name of Object.keys(variables)) delete process.env[name];
  Object.assign(process.env, environment);
  await rm(folder, { recursive: true, force: true });
});

describe('metrics pushed by the standard variables', () => {
  it('count sagas by definition and version', async () => {
    const [sample] = await arrived('saga_started_total');

    expect(sample).toMatchObject({
      labels: { job: 'coordinator', saga_definition: 'order-fulfilment', saga_version: '1' },
      value: 1,
    });
  });

  it('tell durations from 100 ms to 7 days', async () => {
    const buckets = await arrived('saga_duration_seconds_bucket{saga_outcome="completed"}');

    const counts = new Map(buckets.map(({ labels, value }) => [Number(labels['le']), value]));
    const bounds = [...counts.keys()].filter(Number.isFinite);
    expect(Math.min(...bounds)).toBe(0.1);
    expect(Math.max(...bounds)).toBe(604_800);
    expect(counts.get(86_400)).toBe(0);
    expect(counts.get(604_800)).toBe(1);
    expect(buckets[0]!.labels).toMatchObject({ saga_definition: 'order-fulfilment' });
  });

  it('say what there is at present', async () => {
    const [sample] = await arrived('saga_live');

    expect(sample).toMatchObject({
      labels: { saga_definition: 'order-fulfilment', saga_owner: 'sales', saga_status: 'running' },
      value: 3,
    });
  });

  it('tell replicas apart', async () => {
    const [sample] = await arrived('target_info');

    expect(sample!.labels).toMatchObject({
      job: 'coordinator',
      instance: expect.stringMatching(/./),
      deployment_environment_name: 'spec',
    });
  });
});

function transition(offset: number, input: Transition['input'], effects: Transition['effects']): Transition {
  const where = { topic: 'skald.home', part: 0, offset };
  return { saga, facts, anchor: '', input, effects, ...where, group: 'skald', trace: {}, sent: {} };
}

function arrived(expression: string): Promise<readonly Sample[]> {
  return eventually(`${expression} in Prometheus`, async () => {
    const samples = await prometheus.query(expression);
    return samples.length > 0 && samples;
  });
}
