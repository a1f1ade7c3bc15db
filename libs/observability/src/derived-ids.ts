import { RandomIdGenerator, type IdGenerator } from '@opentelemetry/sdk-trace-base';
import { hash16 } from '#libs/messaging';

/** Identity of one span. The trace id counts only for a span without parent. */
export interface SpanIdentity {
  readonly spanId: string;
  readonly traceId: string;
}

/**
 * Gives the next span an identity of our choosing, and every other span a random one.
 *
 * The tracing API lets nobody choose an id, but the SDK asks its generator exactly once a span. So the identity is put
 * here, the span is started, and what was not taken is thrown away, all in one synchronous call.
 */
export class DerivedIds implements IdGenerator {
  private readonly random = new RandomIdGenerator();
  private next: SpanIdentity | undefined;

  /** Runs `start`, which starts one span under `identity`. */
  give<Span>(identity: SpanIdentity, start: () => Span): Span {
    this.next = identity;
    try {
      return start();
    } finally {
      // A sampler or a tracer that is off may not have asked: the identity must not go to somebody else's span.
      this.next = undefined;
    }
  }

  // Properties, because the SDK takes the functions off the object.
  readonly generateTraceId = (): string => this.next?.traceId ?? this.random.generateTraceId();
  readonly generateSpanId = (): string => this.next?.spanId ?? this.random.generateSpanId();
}

/** The id of the span that `parts` name. The same parts give the same id, in any process. */
export function derivedSpanId(...parts: readonly (string | number)[]): string {
  return hash16('span', ...parts.map(String)).toString('hex', 0, 8);
}

/** The id of the trace of a saga whose start carried no trace context. */
export function derivedTraceId(saga: string): string {
  return hash16('trace', saga).toString('hex');
}
