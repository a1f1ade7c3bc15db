import { trace } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import process from 'node:process';
import { startTracing, type Tracing } from './tracing.js';

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
    expect(tracing.saga.enabled).toBe(false);
    expect(tracing.warning).toContain('draws ids of its own');
  });

  it('still traces what participants do', () => {
    expect(tracing.isOn).toBe(true);
    expect(tracing.tracer?.startSpan('work').isRecording()).toBe(true);
  });
});
