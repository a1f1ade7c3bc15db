/**
 * Names of the headers on the wire. Attributes of CloudEvents 1.0 in Kafka binary mode carry the prefix `ce_`;
 * what Skald adds carries `saga-`; trace context follows W3C.
 */
export const header = {
  specVersion: 'ce_specversion',
  id: 'ce_id',
  source: 'ce_source',
  type: 'ce_type',
  time: 'ce_time',
  correlation: 'ce_correlationid',
  causation: 'ce_causationid',
  contentType: 'content-type',
  operation: 'saga-operation',
  sagaType: 'saga-type',
  step: 'saga-step',
  attempt: 'saga-attempt',
  revision: 'saga-revision',
  replyTo: 'saga-reply-to',
  replyPartition: 'saga-reply-partition',
  deadline: 'saga-deadline',
  compensates: 'saga-compensates',
  verifies: 'saga-verifies',
  locks: 'saga-locks',
  supersedes: 'saga-supersedes',
  encrypted: 'saga-encrypted',
  encryptAnswer: 'saga-encrypt-answer',
  hops: 'saga-hops',
  repeat: 'saga-repeat',
  outcome: 'saga-outcome',
  error: 'saga-error',
  retryAfter: 'saga-retry-after',
  usage: 'saga-usage',
  record: 'saga-record',
  head: 'saga-head',
  signature: 'saga-signature',
  traceparent: 'traceparent',
  tracestate: 'tracestate',
  traceStart: 'saga-trace-start',
  baggage: 'baggage',
} as const;

/** W3C trace context as it travels with a message. Absent parts are absent headers. */
export interface TraceHeaders {
  readonly traceparent?: string;
  readonly tracestate?: string;
  readonly baggage?: string;
  /** How the trace of a saga that this message starts goes on from it. Absent: as the installation says. */
  readonly 'saga-trace-start'?: TraceStart;
}

/**
 * How the trace of a saga goes on from the message that starts it: it is part of the same trace, a trace of its own with
 * a link to it, or one that does not refer to it.
 */
export type TraceStart = 'join' | 'link' | 'new';

/** Every {@link TraceStart}. */
export const traceStarts: readonly TraceStart[] = ['join', 'link', 'new'];
