import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

/** A value of an attribute, as it was sent. */
export type SpanValue = string | number | boolean | readonly SpanValue[];

/** Another span a span refers to. */
export interface SpanReference {
  readonly traceId: string;
  readonly spanId: string;
}

/** A span as an exporter delivered it. Times are in nanoseconds since 1970, as text. */
export interface ReceivedSpan extends SpanReference {
  readonly service: string;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer' | 'unspecified';
  readonly parentSpanId?: string;
  readonly start: string;
  readonly end: string;
  readonly attributes: Readonly<Record<string, SpanValue>>;
  readonly links: readonly SpanReference[];
  readonly isError: boolean;
}

/** A running sink. */
export interface OtlpSink {
  /** What a process exports with: endpoint, protocol, and batches that do not wait long. */
  readonly env: Readonly<Record<string, string>>;
  /** Everything received so far, repeats included, in the order of arrival. */
  readonly spans: readonly ReceivedSpan[];
  stop(): Promise<void>;
}

/** Starts an HTTP server that takes spans as OTLP/JSON on a free port of this machine. */
export async function startOtlpSink(): Promise<OtlpSink> {
  const spans: ReceivedSpan[] = [];
  const server = createServer((request, response) => {
    void receive(request).then(
      (received) => {
        spans.push(...received);
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      },
      (error: unknown) => response.writeHead(400).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { env: environment(port), spans, stop: () => close(server) };
}

function environment(port: number): Readonly<Record<string, string>> {
  return {
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '100',
  };
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function receive(request: IncomingMessage): Promise<readonly ReceivedSpan[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
  return spansOf(JSON.parse(text.toString('utf8')) as ExportRequest);
}

function spansOf(request: ExportRequest): readonly ReceivedSpan[] {
  return (request.resourceSpans ?? []).flatMap(({ resource, scopeSpans }) => {
    const service = String(attributesOf(resource?.attributes)['service.name'] ?? '');
    return (scopeSpans ?? []).flatMap((scope) => (scope.spans ?? []).map((span) => spanOf(span, service)));
  });
}

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const errorStatus = 2;

function spanOf(span: ExportedSpan, service: string): ReceivedSpan {
  return {
    service,
    name: span.name,
    kind: kinds[span.kind] ?? 'unspecified',
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId === undefined || span.parentSpanId === ''
      ? {}
      : { parentSpanId: span.parentSpanId }),
    start: String(span.startTimeUnixNano),
    end: String(span.endTimeUnixNano),
    attributes: attributesOf(span.attributes),
    links: (span.links ?? []).map(({ traceId, spanId }) => ({ traceId, spanId })),
    isError: span.status?.code === errorStatus,
  };
}

function attributesOf(list: readonly ExportedAttribute[] = []): Readonly<Record<string, SpanValue>> {
  return Object.fromEntries(list.map(({ key, value }) => [key, valueOf(value)]));
}

function valueOf(value: ExportedValue): SpanValue {
  if (value.intValue !== undefined) return Number(value.intValue);
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(valueOf);
  return value.stringValue ?? value.boolValue ?? value.doubleValue ?? '';
}

interface ExportRequest {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: readonly ExportedAttribute[] };
    readonly scopeSpans?: readonly { readonly spans?: readonly ExportedSpan[] }[];
  }[];
}

interface ExportedSpan extends SpanReference {
  readonly name: string;
  readonly kind: number;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string | number;
  readonly endTimeUnixNano: string | number;
  readonly attributes?: readonly ExportedAttribute[];
  readonly links?: readonly SpanReference[];
  readonly status?: { readonly code?: number };
}

interface ExportedAttribute {
  readonly key: string;
  readonly value: ExportedValue;
}

interface ExportedValue {
  readonly stringValue?: string;
  readonly boolValue?: boolean;
  readonly intValue?: string | number;
  readonly doubleValue?: number;
  readonly arrayValue?: { readonly values?: readonly ExportedValue[] };
}
