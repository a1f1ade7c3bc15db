export { DerivedIds, type SpanIdentity } from './derived-ids.js';
export { JsonLog, logLevelOf, type JsonLogOptions, type LogLevel } from './json-log.js';
export { metricsContentType, startMetrics, wantsMetrics, type Metrics } from './metrics.js';
export { OtelSagaMetrics } from './otel-saga-metrics.js';
export { OtelParticipantTrace } from './otel-participant-trace.js';
export { OtelSagaTrace } from './otel-saga-trace.js';
export { SpanEmitter, type FinishedSpan } from './span-emitter.js';
export { startTracing, wantsTraces, type Tracing } from './tracing.js';
export { UntracedSink } from './untraced-sink.js';
