import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
  type Attributes,
  type HrTime,
  type Link,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import type { Instant } from '#libs/messaging';
import type { DerivedIds } from './derived-ids.js';

/** A span whose identity and times are known, as it is emitted. */
export interface FinishedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly context: SpanContext;
  readonly parent: SpanContext | undefined;
  readonly startedAt: Instant;
  /** Absent: it stands for a moment. */
  readonly endedAt?: Instant;
  readonly attributes: Attributes;
  readonly links?: readonly SpanContext[];
  /** Set when something went wrong; the text is the name of the error. */
  readonly error?: string | undefined;
}

/** Emits spans with identities and times of our choosing, through nothing but the OpenTelemetry API. */
export class SpanEmitter {
  constructor(
    private readonly tracer: Tracer,
    private readonly ids: DerivedIds,
  ) {}

  /** Starts and ends the span; answers its context, which says whether it is sampled. */
  emit(span: FinishedSpan): SpanContext {
    const started = this.start(span);
    if (span.error !== undefined) started.setStatus({ code: SpanStatusCode.ERROR, message: span.error });
    started.end(endTime(span));
    return started.spanContext();
  }

  /** What the sampler says of a trace that begins with this span. A span that is never ended is never exported. */
  probe(span: FinishedSpan): SpanContext {
    return this.start(span).spanContext();
  }

  /** Whether spans get the ids they are given. Another SDK that came first in this process draws ids of its own. */
  givesIds(): boolean {
    const context = { traceId: '1'.repeat(32), spanId: '1'.repeat(16), traceFlags: TraceFlags.NONE };
    const kind = SpanKind.INTERNAL;
    const span = { name: 'id', kind, context, parent: undefined, startedAt: 0, attributes: {} };
    return this.probe(span).spanId === context.spanId;
  }

  private start({ name, kind, context, parent, startedAt, attributes, links }: FinishedSpan) {
    const under = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
    return this.ids.give(context, () =>
      this.tracer.startSpan(
        name,
        {
          kind,
          startTime: hrTime(startedAt),
          attributes,
          links: (links ?? []).map((link): Link => ({ context: link })),
        },
        under,
      ),
    );
  }
}

/** Backends take a span that ends when it begins for a mistake: a moment is given a microsecond. */
function endTime({ startedAt, endedAt = startedAt }: FinishedSpan): HrTime {
  const [seconds, nanoseconds] = hrTime(endedAt);
  return endedAt > startedAt ? [seconds, nanoseconds] : [seconds, nanoseconds + 1_000];
}

/** As a pair: a plain number from before this process began would be taken for a reading of its monotonic clock. */
function hrTime(at: Instant): HrTime {
  return [Math.floor(at / 1000), (at % 1000) * 1_000_000];
}
