import { SpanKind, TraceFlags, type SpanContext } from '@opentelemetry/api';
import type { DomainEvent, InboundRecord, SagaId, TraceHeaders } from '#libs/messaging';
import { SagaTrace, type Transition } from '#libs/orchestration';
import type { Effect, SagaInput } from '#libs/saga';
import { derivedSpanId, derivedTraceId } from './derived-ids.js';
import { commandOf, eventOf, SagaSpans, spanOf } from './saga-spans.js';
import { attribute, processing } from './span-attributes.js';
import type { FinishedSpan, SpanEmitter } from './span-emitter.js';
import { isSampled, readTraceparent, traceHeaders, writeTraceparent } from './trace-context.js';
import { UndoCauses } from './undo-causes.js';

/**
 * The trace of a saga as OpenTelemetry spans.
 *
 * The trace goes on from the event that started the saga, or begins with an id derived from the saga. Every id is
 * derived and every time is a record's, so that a span that is emitted again says the same. A saga whose start was not
 * sampled is not traced at all; its messages still carry the trace, marked as not sampled.
 */
export class OtelSagaTrace extends SagaTrace {
  override readonly enabled = true;
  private readonly undoCauses = new UndoCauses();

  constructor(private readonly spans: SpanEmitter) {
    super();
  }

  override forwarded(record: InboundRecord, event: DomainEvent, saga: SagaId): TraceHeaders {
    const parent = readTraceparent(event.trace.traceparent);
    const span: FinishedSpan = {
      name: `process ${record.topic}`,
      kind: SpanKind.CONSUMER,
      context: {
        traceId: parent?.traceId ?? derivedTraceId(saga),
        spanId: derivedSpanId(saga, 'gate', record.topic, record.part, record.offset),
        traceFlags: parent?.traceFlags ?? TraceFlags.SAMPLED,
      },
      parent,
      startedAt: record.timestamp,
      attributes: {
        ...processing(record, saga),
        'messaging.message.id': event.id,
        [attribute.saga]: saga,
        [attribute.event]: event.type,
      },
    };
    return traceHeaders(this.spans.emit(span), event.trace);
  }

  override anchor(saga: SagaId, start: TraceHeaders): string {
    const parent = readTraceparent(start.traceparent);
    const spanId = derivedSpanId(saga, 'anchor');
    if (parent !== undefined) return writeTraceparent({ ...parent, spanId });
    const context = { traceId: derivedTraceId(saga), spanId, traceFlags: TraceFlags.SAMPLED };
    const attributes = { [attribute.saga]: saga };
    return writeTraceparent(
      this.spans.probe({ name: 'saga', kind: SpanKind.INTERNAL, context, parent, startedAt: 0, attributes }),
    );
  }

  override command(anchor: string, saga: SagaId, operation: string, attempt: number): TraceHeaders {
    const root = readTraceparent(anchor);
    return root === undefined ? {} : traceHeaders(commandOf(root, saga, operation, attempt));
  }

  override event(anchor: string, saga: SagaId, id: string): TraceHeaders {
    const root = readTraceparent(anchor);
    return root === undefined ? {} : traceHeaders(eventOf(root, saga, id));
  }

  override committed(transition: Transition): void {
    const anchor = readTraceparent(transition.anchor);
    if (anchor === undefined || !isSampled(anchor)) return;
    const cause = causeOf(transition, anchor);
    const spans = new SagaSpans(transition, anchor, cause);
    this.emitInput(transition, spans, anchor);
    for (const [index, effect] of transition.effects.entries()) {
      const span = this.spanOfEffect(effect, transition.sentTo[index] ?? '', transition, spans);
      if (span !== undefined) this.spans.emit(span);
    }
  }

  private emitInput(transition: Transition, spans: SagaSpans, anchor: SpanContext): void {
    const { input, saga } = transition;
    const sender = readTraceparent(transition.trace.traceparent);
    switch (input.kind) {
      case 'start':
        this.spans.emit(spans.anchored(sender));
        return;
      case 'answer': {
        // Who answers without our trace, or in one of their own, is put below the command they answer.
        const isOurs = sender?.traceId === anchor.traceId;
        const asked = commandOf(anchor, saga, input.operation, input.attempt);
        const links = sender === undefined || isOurs ? [] : [sender];
        this.spans.emit(spans.processed(isOurs ? sender! : asked, links, detailsOf(input)));
        return;
      }
      case 'action':
      case 'heard':
      case 'switched':
      case 'not-sent':
        this.spans.emit(spans.processed(anchor, [], detailsOf(input)));
        return;
      case 'due':
        // Time passing is nobody's message; what it leads to has spans of its own.
        return;
    }
  }

  private spanOfEffect(
    effect: Effect,
    topic: string,
    { saga }: Transition,
    spans: SagaSpans,
  ): FinishedSpan | undefined {
    switch (effect.kind) {
      case 'open':
        if (effect.direction === 'undo') this.undoCauses.note(saga, effect.operation, spans.cause);
        return spans.sent(effect, topic);
      case 'tell':
        return spans.told(effect, topic);
      case 'settled':
        return spans.settled(effect, this.undoCauses.take(saga, effect.operation));
      case 'incident':
        return effect.open ? spans.stuck(effect) : undefined;
      case 'finish':
        return spans.finished(effect);
      case 'await':
      case 'release':
      case 'caught':
      case 'noted':
      case 'refused':
        return undefined;
    }
  }
}

/** The span that stands for an input: that of its record, or the anchor where there is none. */
function causeOf({ saga, input, topic, part, offset }: Transition, anchor: SpanContext): SpanContext {
  const hasRecord = input.kind !== 'start' && input.kind !== 'due';
  return hasRecord ? spanOf(anchor, saga, 'process', topic, part, offset) : anchor;
}

function detailsOf(input: SagaInput): Readonly<Record<string, string | number>> {
  switch (input.kind) {
    case 'answer':
      return {
        [attribute.operation]: input.operation,
        [attribute.attempt]: input.attempt,
        [attribute.outcome]: input.outcome,
        ...(input.error === undefined ? {} : { [attribute.error]: input.error }),
      };
    case 'not-sent':
      return {
        [attribute.operation]: input.operation,
        [attribute.attempt]: input.attempt,
        [attribute.outcome]: 'not-sent',
      };
    case 'heard':
      return { [attribute.operation]: input.id, [attribute.outcome]: input.what };
    case 'switched':
      return { 'saga.toggle': input.toggle };
    case 'action':
      return { 'saga.action': input.action.kind };
    case 'start':
    case 'due':
      return {};
  }
}
