import type { Clock } from '#libs/messaging';
import { NoSagaMetrics, type SagaMetrics } from '#libs/orchestration';
import type { ParticipantTrace } from '#libs/participant';
import { MeasuredParticipantTrace } from './measured-participant-trace.js';
import { OtelSagaMetrics } from './otel-saga-metrics.js';

/** Metrics of one process. */
export interface Metrics {
  /** For a coordinator. */
  readonly saga: SagaMetrics;
  /** For a participant: what passes through to `trace` is counted. */
  participant(trace: ParticipantTrace, clock: Clock): ParticipantTrace;
  /** Everything as Prometheus reads it; `undefined` when metrics are off. */
  page(): Promise<string | undefined>;
  /** Exports what is waiting and ends. Safe twice. Never throws. */
  stop(): Promise<void>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What {@link Metrics.page} is, for whoever is shown it. */
export const metricsContentType = 'text/plain; version=0.0.4; charset=utf-8';

/** Whether metrics are kept: always, unless `OTEL_METRICS_EXPORTER=none` or `OTEL_SDK_DISABLED=true` say otherwise. */
export function wantsMetrics(env: Environment): boolean {
  const isDisabled = env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true';
  return !isDisabled && env['OTEL_METRICS_EXPORTER']?.trim() !== 'none';
}

/** Whether they are sent, too: where an endpoint is given, or the exporter `otlp` is named. */
function wantsPush(env: Environment): boolean {
  const endpoints = [env['OTEL_EXPORTER_OTLP_METRICS_ENDPOINT'], env['OTEL_EXPORTER_OTLP_ENDPOINT']];
  return (
    env['OTEL_METRICS_EXPORTER']?.trim() === 'otlp' || endpoints.some((one) => (one ?? '').trim() !== '')
  );
}

/** How often they are sent: the SDK itself leaves reading the variable to whoever sets it up. */
function intervalMs(env: Environment): number {
  const interval = Number(env['OTEL_METRIC_EXPORT_INTERVAL']);
  return interval > 0 ? interval : 60_000;
}

/**
 * Keeps metrics by the standard `OTEL_*` variables of this process: for Prometheus to fetch, and over OTLP where an
 * endpoint is given. `service` names the process unless `OTEL_SERVICE_NAME` does.
 */
export async function startMetrics(service: string, env: Environment = process.env): Promise<Metrics> {
  if (!wantsMetrics(env)) return noMetrics;
  const [
    { MeterProvider, PeriodicExportingMetricReader },
    { PrometheusExporter, PrometheusSerializer },
    resources,
  ] = await Promise.all([
    import('@opentelemetry/sdk-metrics'),
    import('@opentelemetry/exporter-prometheus'),
    import('@opentelemetry/resources'),
  ]);
  const reader = new PrometheusExporter({ preventServerStart: true });
  const serializer = new PrometheusSerializer(undefined, false, undefined, false, true);
  const readers = [
    reader,
    ...(wantsPush(env)
      ? [new PeriodicExportingMetricReader({ exporter: await otlp(), exportIntervalMillis: intervalMs(env) })]
      : []),
  ];
  // Replicas push the same series: only the instance tells them apart.
  const detectors = [resources.serviceInstanceIdDetector, resources.envDetector];
  const resource = resources
    .defaultResource()
    .merge(resources.detectResources({ detectors }))
    .merge(resources.resourceFromAttributes({ 'service.name': env['OTEL_SERVICE_NAME'] ?? service }));
  const provider = new MeterProvider({ resource, readers });
  let stopping: Promise<void> | undefined;
  const meter = provider.getMeter('skald');
  return {
    saga: new OtelSagaMetrics(meter),
    participant: (trace, clock) => new MeasuredParticipantTrace(meter, clock, trace),
    page: async () => serializer.serialize((await reader.collect()).resourceMetrics),
    stop: () => (stopping ??= provider.shutdown().catch(() => undefined)),
  };
}

async function otlp() {
  const { OTLPMetricExporter } = await import('@opentelemetry/exporter-metrics-otlp-proto');
  return new OTLPMetricExporter();
}

const noMetrics: Metrics = {
  saga: new NoSagaMetrics(),
  participant: (trace) => trace,
  page: () => Promise.resolve(undefined),
  stop: () => Promise.resolve(),
};
