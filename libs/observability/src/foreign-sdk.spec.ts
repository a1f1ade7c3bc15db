import { trace } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import process from 'node:process';
import { NoSagaTrace } from '#libs/orchestration';
import { InMemoryBroker, InMemoryCommandSink } from '#libs/memory';
import { FakeClock } from '#libs/testing';
import { startTracing, type Tracing } from './tracing.js';
import { UntracedSink } from './untraced-sink.js';

const environment = { ...process.env };
let tracing: Tracing;

beforeAll(async () => {
  process.env['OTEL_TRACES_EXPORTER'] = 'otlp';
  trace.setGlobalTracerProvider(new BasicTracerProvider());
  tracing = await startTracing('spec');
});

afterAll(async () => {
  await tracing.stop();
  trace.disable();
  process.env = environment;
});

describe('a process in which another SDK was started first', () => {
  it('traces no sagas, and says why', () => {
    expect(tracing.saga).toBeInstanceOf(NoSagaTrace);
    expect(tracing.warning).toContain('draws ids of its own');
  });

  it('keeps its instrumentation from what is published', () => {
    const sink = new InMemoryCommandSink(new InMemoryBroker(new FakeClock()));
    expect(tracing.untraced(sink)).toBeInstanceOf(UntracedSink);
  });

  it('still traces what participants do', () => {
    expect(tracing.isOn).toBe(true);
    expect(tracing.tracer?.startSpan('work').isRecording()).toBe(true);
  });
});
