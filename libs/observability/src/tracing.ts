import type { Tracer } from '@opentelemetry/api';
import type { CommandSink } from '#libs/messaging';
import { NoSagaTrace, type SagaTrace } from '#libs/orchestration';
import { NoParticipantTrace, type ParticipantTrace } from '#libs/participant';
import { DerivedIds } from './derived-ids.js';
import { OtelParticipantTrace } from './otel-participant-trace.js';
import { OtelSagaTrace } from './otel-saga-trace.js';
import { SpanEmitter } from './span-emitter.js';
import { UntracedSink } from './untraced-sink.js';

/** Tracing of one process. */
export interface Tracing {
  /** False: everything below does nothing. */
  readonly isOn: boolean;
  /** For a coordinator. */
  readonly saga: SagaTrace;
  /** For participants; one for all of a process. */
  readonly participant: ParticipantTrace;
  /** For spans of the application's own; absent when tracing is off. */
  readonly tracer?: Tracer;
  /** The same sink, kept from having its trace headers overwritten by automatic instrumentation. */
  untraced(sink: CommandSink): CommandSink;
  /** Exports what is waiting and ends. Safe twice. Never throws: a lost span is not worth a failed stop. */
  stop(): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Whether the standard variables ask for traces: an exporter by name, or an endpoint to send to. `none` and
 * `OTEL_SDK_DISABLED` switch them off.
 */
export function wantsTraces(env: Environment): boolean {
  const exporter = env['OTEL_TRACES_EXPORTER']?.trim() ?? '';
  if (env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true' || exporter === 'none') return false;
  const endpoints = [env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'], env['OTEL_EXPORTER_OTLP_ENDPOINT']];
  return exporter !== '' || endpoints.some((endpoint) => (endpoint ?? '').trim() !== '');
}

/**
 * Starts tracing by the standard `OTEL_*` variables of this process: exporter, endpoint, protocol, sampler, resource.
 * `service` names the process unless `OTEL_SERVICE_NAME` does. Where no traces are wanted nothing is loaded.
 */
export async function startTracing(service: string): Promise<Tracing> {
  if (!wantsTraces(process.env)) return noTracing;
  // Loading the SDK takes a third of a second and 20 MB; a process that exports nothing is spared both.
  const { NodeSDK, api, core } = await import('@opentelemetry/sdk-node');
  const ids = new DerivedIds();
  const sdk = new NodeSDK({
    serviceName: process.env['OTEL_SERVICE_NAME'] ?? service,
    idGenerator: ids,
    // Traces only: metrics and logs go their own ways.
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [],
  });
  sdk.start();
  const tracer = api.trace.getTracer('skald');
  let stopping: Promise<void> | undefined;
  return {
    isOn: true,
    saga: new OtelSagaTrace(new SpanEmitter(tracer, ids)),
    participant: new OtelParticipantTrace(tracer),
    tracer,
    untraced: (sink) => new UntracedSink(sink, (active) => core.suppressTracing(active)),
    stop: () => (stopping ??= sdk.shutdown().catch(() => undefined)),
  };
}

const noTracing: Tracing = {
  isOn: false,
  saga: new NoSagaTrace(),
  participant: new NoParticipantTrace(),
  untraced: (sink) => sink,
  stop: () => Promise.resolve(),
};
