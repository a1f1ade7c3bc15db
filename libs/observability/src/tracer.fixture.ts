import type { SpanContext } from '@opentelemetry/api';
import {
  AlwaysOnSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  ParentBasedSampler,
  SimpleSpanProcessor,
  type ReadableSpan,
  type Sampler,
} from '@opentelemetry/sdk-trace-base';
import { DerivedIds } from './derived-ids.js';
import { SpanEmitter } from './span-emitter.js';

/** A tracer of the standard SDK that keeps what it is told. */
export function recordingTracer(sampler: Sampler = new ParentBasedSampler({ root: new AlwaysOnSampler() })) {
  const exporter = new InMemorySpanExporter();
  const ids = new DerivedIds();
  const provider = new BasicTracerProvider({
    idGenerator: ids,
    sampler,
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('spec');
  const spans = (): readonly ReadableSpan[] => exporter.getFinishedSpans();
  return { tracer, spans, emitter: new SpanEmitter(tracer, ids), ids };
}

/** What of a span has to be the same when it is emitted again. */
export function contentOf(span: ReadableSpan): unknown {
  const { name, kind, startTime, endTime, attributes, status, links, parentSpanContext } = span;
  return {
    name,
    kind,
    startTime,
    endTime,
    attributes,
    status,
    parentSpanContext,
    links,
    context: span.spanContext(),
  };
}

/** The identity of the links of a span. */
export function linkedIds(span: ReadableSpan): readonly string[] {
  return span.links.map((link: { readonly context: SpanContext }) => link.context.spanId);
}
