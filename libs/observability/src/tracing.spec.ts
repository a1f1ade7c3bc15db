import { describe, expect, it } from '@jest/globals';
import { NoSagaTrace } from '#libs/orchestration';
import { startTracing, wantsTraces } from './tracing.js';

describe('traces', () => {
  it.each([
    ['nothing is said', {}, false],
    ['an endpoint is given', { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, true],
    [
      'an endpoint for traces is given',
      { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' },
      true,
    ],
    ['an exporter is named', { OTEL_TRACES_EXPORTER: 'console' }, true],
    [
      'the exporter is none',
      { OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' },
      false,
    ],
    [
      'the SDK is disabled',
      { OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' },
      false,
    ],
  ])('depend on the standard variables: %s', (_, env, wanted) => {
    expect(wantsTraces(env)).toBe(wanted);
  });

  it('cost nothing when they are off', async () => {
    const tracing = await startTracing('spec');

    expect(tracing.isOn).toBe(false);
    expect(tracing.saga).toBeInstanceOf(NoSagaTrace);
    await tracing.stop();
  });
});
