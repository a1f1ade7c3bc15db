import { expect } from '@jest/globals';
import type { InboundRecord, TraceHeaders } from '#libs/messaging';
import { OtelSagaTrace, type SagaTraceOptions } from './otel-saga-trace.js';
import { eventRecord, orderPlaced, saga } from './saga.fixture.js';
import { recordingTracer } from './tracer.fixture.js';

/** How the trace of an order begins. */
export interface GivenTrace {
  readonly options?: SagaTraceOptions;
  /** Trace headers of the event, which is sampled unless they say otherwise. */
  readonly headers?: TraceHeaders;
  readonly record?: InboundRecord;
  readonly recording?: ReturnType<typeof recordingTracer>;
}

/** The trace of an order whose event a gate has forwarded, and the spans that are emitted of it. */
export function givenTrace({
  options,
  headers,
  record = eventRecord,
  recording = recordingTracer(),
}: GivenTrace = {}) {
  const trace = new OtelSagaTrace(recording.emitter, options);
  const start = trace.forwarded(record, orderPlaced(headers), saga, 'skald.gates');
  const anchor = trace.anchor(saga, start);
  const named = (name: string) => recording.spans().filter((span) => span.name === name);
  const only = (name: string) => {
    expect(named(name)).toHaveLength(1);
    return named(name)[0]!;
  };
  return { trace, start, anchor, spans: recording.spans, named, only };
}
