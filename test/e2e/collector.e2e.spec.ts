import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePorts, startService, type ServiceProcess } from '../../deploy/local/src/index.js';
import { eventually } from '../harness/deadline.js';
import { startJaeger, type Jaeger } from '../harness/jaeger.js';
import { jaegerServer } from '../harness/operations-tools.js';
import { startSagaBench, type SagaBench } from '../harness/saga-bench.js';

const parcel = `saga: parcel
version: 1
key: input.parcelId
triggers: [{ event: post.parcel.given }]
steps:
  - step: label
    call: printer.print
    compensate: { none: paper }
  - step: carry
    call: carrier.carry
    pivot: true
---
participant: printer
commands: { print: {} }
---
participant: carrier
commands: { carry: { rejects: [too-heavy] } }
---
participant: post
events: { parcel.given: {} }
`;

const service = 'skald-coordinator';
const plain = 60;

// The first run on a machine builds the backend, which is a collector as well.
jest.setTimeout(90_000);

let folder: string;
let jaeger: Jaeger;
let collector: ServiceProcess;
let bench: SagaBench;
let metricsUrl: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'skald-collector-'));
  const stack = { dataFolder: folder, logsFolder: folder };
  jaeger = await startJaeger(stack);
  const [otlp, metrics] = await freePorts(2);
  metricsUrl = `http://127.0.0.1:${metrics}/metrics`;
  const endpoint = `http://127.0.0.1:${otlp}`;
  collector = await startService({
    name: 'collector',
    script: await jaegerServer(),
    args: ['--config', path.resolve('deploy/tracing/collector.yaml')],
    stack,
    env: {
      BACKEND_ENDPOINT: jaeger.env['OTEL_EXPORTER_OTLP_ENDPOINT'],
      OTLP_LISTEN: `127.0.0.1:${otlp}`,
      PROMETHEUS_LISTEN: `127.0.0.1:${metrics}`,
      DECISION_WAIT: '3s',
    },
    ready: { url: metricsUrl },
  });
  const env = { ...jaeger.env, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint };
  bench = await startSagaBench({ name: 'collector', documents: parcel, env });
  bench.participants.behave('carrier.carry', { rejected: 'too-heavy' }, { key: 'undone' });
  bench.participants.behave('printer.print', [{ failed: 'jam' }], { key: 'retried' });
  const keys = [...Array.from({ length: plain }, (_, index) => `plain-${index}`), 'undone', 'retried'];
  for (const parcelId of keys) await bench.publish('post.parcel.given', { parcelId });
  for (const key of keys) await bench.ended(key);
}, 900_000);

afterAll(async () => {
  await bench?.discard();
  await collector?.stop();
  await jaeger?.stop();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

describe('the collector of the recipe', () => {
  it.each(['undone', 'retried'])('keeps the whole trace of what was %s', async (key) => {
    const trace = await jaeger.until(
      service,
      { 'saga.key': key },
      ({ isClosed, orphans }) => isClosed && orphans.length === 0,
    );

    expect(trace.flaws).toEqual([]);
  });

  it('keeps some of what went well, each trace whole', async () => {
    const kept = await eventually('what is kept to be whole', async () => {
      const found = await jaeger.find(service, {
        'saga.outcome': 'completed',
        'saga.definition': 'parcel',
      });
      return found.every(({ orphans }) => orphans.length === 0) && found;
    });

    expect(kept.length).toBeLessThan(plain / 2);
  });

  it('counts every step, also of what it does not keep', async () => {
    const line =
      /^saga_spans_calls_total\{[^}]*saga_definition="parcel"[^}]*span_name="step label"[^}]*\} (\d+)/m;

    await eventually('all steps to be counted', async () => {
      const text = await (await fetch(metricsUrl)).text();
      return Number(line.exec(text)?.[1]) >= plain;
    });
  });
});
