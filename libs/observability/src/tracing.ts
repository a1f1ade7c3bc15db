import type { TextMapGetter, Tracer } from '@opentelemetry/api';
import { headerText, type CommandSink, type InboundRecord } from '#libs/messaging';
import { NoSagaTrace, type SagaTrace } from '#libs/orchestration';
import { NoParticipantTrace, type ParticipantTrace } from '#libs/participant';
import { DerivedIds } from './derived-ids.js';
import { OtelParticipantTrace } from './otel-participant-trace.js';
import { OtelSagaTrace, type SagaTraceOptions } from './otel-saga-trace.js';
import { RetellingSampler, samplerOf } from './retelling-sampler.js';
import { SpanEmitter } from './span-emitter.js';
import { UntracedSink } from './untraced-sink.js';

/** Tracing of one process. */
export interface Tracing {
  /** False: everything below does nothing. */
  readonly isOn: boolean;
  /** What keeps sagas from being traced although traces are wanted, for a coordinator to log. */
  readonly warning?: string;
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
 * `service` names the process unless `OTEL_SERVICE_NAME` does; `options` are a coordinator's. Where no traces are wanted
 * nothing is loaded.
 */
export async function startTracing(
  service: string,
  options: Omit<SagaTraceOptions, 'foreign'> = {},
): Promise<Tracing> {
  if (!wantsTraces(process.env)) return noTracing;
  // Loading the SDK takes a third of a second and 20 MB; a process that exports nothing is spared both.
  const { NodeSDK, api, core } = await import('@opentelemetry/sdk-node');
  // What was not exported when a process dies is lost: the SDK's own five seconds would be most of a short saga.
  process.env['OTEL_BSP_SCHEDULE_DELAY'] ??= '500';
  const ids = new DerivedIds();
  const sdk = new NodeSDK({
    serviceName: process.env['OTEL_SERVICE_NAME'] ?? service,
    idGenerator: ids,
    sampler: new RetellingSampler(samplerOf(process.env)),
    // Traces only: metrics and logs go their own ways.
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [],
  });
  sdk.start();
  const tracer = api.trace.getTracer('skald');
  const emitter = new SpanEmitter(tracer, ids);
  const saga = new OtelSagaTrace(emitter, {
    ...options,
    // Which conventions are read beside W3C's, OTEL_PROPAGATORS says.
    foreign: (headers) =>
      api.trace.getSpanContext(api.propagation.extract(api.ROOT_CONTEXT, headers, recordHeaders)),
  });
  const isFirst = emitter.givesIds();
  let stopping: Promise<void> | undefined;
  return {
    isOn: true,
    ...(isFirst ? { saga } : { saga: new NoSagaTrace(), warning: foreignSdk }),
    participant: new OtelParticipantTrace(tracer),
    tracer,
    // This SDK brings no instrumentation; and what is done in a context of its own makes every promise dearer.
    untraced: (sink) => (isFirst ? sink : new UntracedSink(sink, (active) => core.suppressTracing(active))),
    stop: () => (stopping ??= sdk.shutdown().catch(() => undefined)),
  };
}

/** Header names are compared as HTTP does: conventions that come from there spell them in their own ways. */
const recordHeaders: TextMapGetter<InboundRecord['headers']> = {
  keys: (headers) => Object.keys(headers).map((name) => name.toLowerCase()),
  get(headers, wanted) {
    const name = Object.keys(headers).find((one) => one.toLowerCase() === wanted.toLowerCase());
    return name === undefined ? undefined : headerText(headers, name);
  },
};

const foreignSdk =
  'sagas are not traced: another OpenTelemetry SDK was started in this process before, and draws ids of its own; do not load automatic instrumentation into coordinators';

const noTracing: Tracing = {
  isOn: false,
  saga: new NoSagaTrace(),
  participant: new NoParticipantTrace(),
  untraced: (sink) => sink,
  stop: () => Promise.resolve(),
};
