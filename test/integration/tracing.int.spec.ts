import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTracing, type Tracing } from '#libs/observability';
import { startOtlpSink, type OtlpSink } from '#libs/testing';

const saga = '0196f0a0-0000-7abc-8000-000000000001';
const startedAt = Date.UTC(2026, 0, 31);
const facts = { id: saga, key: 'order-1', definition: 'order-fulfilment', version: 1, startedAt, hops: 0 };

let sink: OtlpSink;
let tracing: Tracing;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  environment = { ...process.env };
  sink = await startOtlpSink();
  Object.assign(process.env, sink.env, { OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=spec' });
  tracing = await startTracing('coordinator');
});

afterAll(async () => {
  await tracing.stop();
  await sink.stop();
  for (const name of Object.keys(sink.env)) delete process.env[name];
  Object.assign(process.env, environment);
});

describe('traces exported by the standard variables', () => {
  it('arrive with the ids that were derived', async () => {
    const anchor = tracing.saga.anchor(saga, {});

    tracing.saga.committed({
      saga,
      facts,
      anchor,
      input: { kind: 'start', now: startedAt, facts, input: null, toggles: {} },
      effects: [{ kind: 'finish', status: 'completed' }],
      topic: 'skald.home',
      part: 0,
      offset: 1,
      trace: {},
      group: 'skald',
      sent: {},
    });
    await tracing.stop();

    const [root, bar] = sink.spans;
    expect(`00-${root!.traceId}-${root!.spanId}-01`).toBe(anchor);
    expect(root).toMatchObject({ name: 'saga order-fulfilment', service: 'coordinator', kind: 'internal' });
    expect(root!.start).toBe(`${startedAt}000000`);
    expect(bar).toMatchObject({ name: 'saga order-fulfilment completed', parentSpanId: root!.spanId });
    expect(bar!.attributes).toMatchObject({
      'saga.id': saga,
      'saga.version': 1,
      'saga.outcome': 'completed',
    });
  });
});
