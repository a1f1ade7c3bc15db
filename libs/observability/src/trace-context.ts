import { TraceFlags, type SpanContext } from '@opentelemetry/api';
import type { TraceHeaders } from '#libs/messaging';

const traceparentPattern = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?$/;

/** What a W3C `traceparent` says, or `undefined` when there is none or it is not valid. */
export function readTraceparent(text: string | undefined): SpanContext | undefined {
  const match = text === undefined ? null : traceparentPattern.exec(text);
  if (match === null || text!.startsWith('ff')) return undefined;
  const [, traceId, spanId, flags] = match as unknown as readonly [string, string, string, string];
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED, isRemote: true };
}

/** Writes a span context as W3C `traceparent`. */
export function writeTraceparent({ traceId, spanId, traceFlags }: SpanContext): string {
  return `00-${traceId}-${spanId}-0${traceFlags & TraceFlags.SAMPLED}`;
}

/** The headers of a message sent under `context`. What came beside the trace context travels on unchanged. */
export function traceHeaders(context: SpanContext, passedOn: TraceHeaders = {}): TraceHeaders {
  const { tracestate, baggage, 'saga-trace-start': start } = passedOn;
  return {
    traceparent: writeTraceparent(context),
    ...(tracestate === undefined ? {} : { tracestate }),
    ...(baggage === undefined ? {} : { baggage }),
    ...(start === undefined ? {} : { 'saga-trace-start': start }),
  };
}

/** Place of the flags' last digit in a `traceparent`. */
const flagsAt = 54;

/** Whether spans of a trace are recorded, as its `traceparent` says; not so without one. Asked of every message. */
export function isSampled(traceparent: string): boolean {
  return (Number.parseInt(traceparent.charAt(flagsAt), 16) & TraceFlags.SAMPLED) !== 0;
}
