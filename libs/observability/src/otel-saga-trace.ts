import { SpanKind, TraceFlags, type Attributes, type SpanContext } from '@opentelemetry/api';
import {
  headerText,
  type DomainEvent,
  type InboundRecord,
  type SagaId,
  type TraceHeaders,
  type TraceStart,
} from '#libs/messaging';
import {
  SagaTrace,
  undoCausesAfter,
  type SentMessage,
  type Transition,
  type Turned,
  type UndoCauses,
} from '#libs/orchestration';
import type { Effect, SagaInput } from '#libs/saga';
import { derivedSpanId, derivedTraceId } from './derived-ids.js';
import { barOf, commandOf, eventOf, outsideOf, recordOf, SagaSpans, waitOf } from './saga-spans.js';
import { attribute, processing } from './span-attributes.js';
import type { FinishedSpan, SpanEmitter } from './span-emitter.js';
import { isSampled, readTraceparent, traceHeaders, writeTraceparent } from './trace-context.js';

/** How the traces of sagas begin. */
export interface SagaTraceOptions {
  /** How they go on from the messages that start sagas, where these do not say it themselves. Default `join`. */
  readonly start?: TraceStart;
  /** Headers of events, in lower case, whose values are kept on the span of the gate, so that it is found by them. */
  readonly headers?: readonly string[];
  /** The context that an event carries in another convention than W3C's. */
  readonly foreign?: (headers: InboundRecord['headers']) => SpanContext | undefined;
}

/**
 * The trace of a saga as OpenTelemetry spans.
 *
 * The trace goes on from the event that started the saga, or begins with an id derived from the saga. Every id is
 * derived and every time is a record's, so that a span that is emitted again says the same. A saga whose start was not
 * sampled is not traced at all; its messages still carry the trace, marked as not sampled.
 */
export class OtelSagaTrace extends SagaTrace {
  constructor(
    private readonly spans: SpanEmitter,
    private readonly options: SagaTraceOptions = {},
  ) {
    super();
  }

  override follows(anchor: string): boolean {
    return isSampled(anchor);
  }

  override forwarded(record: InboundRecord, event: DomainEvent, saga: SagaId, group: string): TraceHeaders {
    const parent = readTraceparent(event.trace.traceparent) ?? this.options.foreign?.(record.headers);
    const isJoined = parent === undefined || this.startOf(event.trace) === 'join';
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
        ...processing({ ...record, group }, saga),
        'messaging.message.id': event.id,
        [attribute.saga]: saga,
        [attribute.event]: event.type,
        ...this.keptHeaders(record),
      },
      // From a trace that is left a link leads to the one that is begun.
      links: isJoined
        ? []
        : [
            {
              traceId: derivedTraceId(saga),
              spanId: derivedSpanId(saga, 'anchor'),
              traceFlags: TraceFlags.SAMPLED,
            },
          ],
    };
    return traceHeaders(this.spans.emit(span), event.trace);
  }

  override anchor(saga: SagaId, start: TraceHeaders): string {
    const parent = readTraceparent(start.traceparent);
    const spanId = derivedSpanId(saga, 'anchor');
    if (parent !== undefined && this.startOf(start) === 'join')
      return writeTraceparent({ ...parent, spanId });
    const context = { traceId: derivedTraceId(saga), spanId, traceFlags: TraceFlags.SAMPLED };
    const attributes = { [attribute.saga]: saga };
    return writeTraceparent(
      this.spans.probe({
        name: 'saga',
        kind: SpanKind.INTERNAL,
        context,
        parent: undefined,
        startedAt: 0,
        attributes,
      }),
    );
  }

  override command(anchor: string, saga: SagaId, operation: string, attempt: number): TraceHeaders {
    // Nobody will look for the span of a saga that is not sampled: its id need not be derived.
    if (!isSampled(anchor)) return carrying(anchor);
    const root = readTraceparent(anchor);
    return root === undefined ? {} : traceHeaders(commandOf(root, saga, operation, attempt));
  }

  override event(anchor: string, saga: SagaId, id: string): TraceHeaders {
    if (!isSampled(anchor)) return carrying(anchor);
    const root = readTraceparent(anchor);
    return root === undefined ? {} : traceHeaders(eventOf(root, saga, id));
  }

  override child(anchor: string, saga: SagaId, id?: string): TraceHeaders {
    const root = readTraceparent(anchor);
    if (root === undefined) return {};
    // Whatever the traces of other sagas do: that of a child is seen below its parent's.
    return {
      ...traceHeaders(id === undefined ? root : outsideOf(root, saga, id)),
      'saga-trace-start': 'join',
    };
  }

  override undoCause(turned: Turned): string | undefined {
    const anchor = readTraceparent(turned.anchor);
    return anchor && causeOf(turned, anchor)?.spanId;
  }

  override committed(transition: Transition): void {
    if (!isSampled(transition.anchor)) return;
    const anchor = readTraceparent(transition.anchor);
    if (anchor === undefined) return;
    const cause = causeOf(transition, anchor);
    const spans = new SagaSpans(transition, anchor, cause);
    this.emitInput(transition, spans, anchor);
    for (const [index, effect] of transition.effects.entries()) {
      const span = this.spanOfEffect(effect, transition.sent[index], spans);
      if (span !== undefined) this.spans.emit(span);
    }
  }

  override retold(transitions: readonly Transition[]): string | undefined {
    const [first] = transitions;
    if (first === undefined) return undefined;
    const { saga, anchor: retoldFrom } = first;
    const root: SpanContext = {
      traceId: derivedTraceId(`${saga} ${transitions.length}`),
      spanId: derivedSpanId(saga, 'anchor'),
      traceFlags: TraceFlags.SAMPLED,
    };
    const anchor = writeTraceparent(root);
    let undoCauses: UndoCauses | undefined;
    for (const transition of transitions) {
      const told = { ...transition, anchor, retoldFrom, undoCauses };
      this.committed(told);
      undoCauses = undoCausesAfter(undoCauses, told.effects, () => this.undoCause(told));
    }
    return root.traceId;
  }

  private emitInput(transition: Transition, spans: SagaSpans, anchor: SpanContext): void {
    const { input, saga } = transition;
    const sender = readTraceparent(transition.trace.traceparent);
    switch (input.kind) {
      case 'start':
        this.spans.emit(this.anchored(transition, spans, sender, anchor));
        return;
      case 'answer': {
        // Who answers without our trace, or in one of their own, is put below the command they answer.
        const isOurs = sender?.traceId === anchor.traceId;
        const asked = commandOf(anchor, saga, input.operation, input.attempt);
        const links = sender === undefined || isOurs ? [] : [sender];
        this.spans.emit(spans.processed(isOurs ? sender! : asked, links, detailsOf(input)));
        return;
      }
      case 'heard': {
        const over = transition.effects.find((effect) => effect.kind === 'waited' && effect.id === input.id);
        const below = over === undefined ? anchor : outsideOf(anchor, saga, input.id);
        this.spans.emit(spans.processed(below, [], detailsOf(input)));
        return;
      }
      case 'action':
      case 'switched':
      case 'not-sent':
        this.spans.emit(spans.processed(anchor, [], detailsOf(input)));
        return;
      case 'due':
        // Time passing is nobody's message; what it leads to has spans of its own.
        return;
    }
  }

  private anchored(
    { trace, retoldFrom }: Transition,
    spans: SagaSpans,
    sender: SpanContext | undefined,
    { traceId }: SpanContext,
  ): FinishedSpan {
    const before = readTraceparent(retoldFrom);
    if (before !== undefined) return spans.anchored(undefined, [before]);
    if (sender === undefined || sender.traceId === traceId) return spans.anchored(sender, []);
    return spans.anchored(undefined, this.startOf(trace) === 'link' ? [sender] : []);
  }

  private startOf(headers: TraceHeaders): TraceStart {
    return headers['saga-trace-start'] ?? this.options.start ?? 'join';
  }

  private keptHeaders({ headers }: InboundRecord): Attributes {
    const kept: Record<string, string> = {};
    for (const name of this.options.headers ?? []) {
      const text = headerText(headers, name);
      if (text !== undefined) kept[`saga.header.${name}`] = text.slice(0, 256);
    }
    return kept;
  }

  private spanOfEffect(
    effect: Effect,
    message: SentMessage | undefined,
    spans: SagaSpans,
  ): FinishedSpan | undefined {
    switch (effect.kind) {
      case 'open':
        return spans.sent(effect, message);
      case 'tell':
        return spans.told(effect, message);
      case 'settled':
        return spans.settled(effect);
      case 'incident':
        return effect.open ? spans.stuck(effect) : undefined;
      case 'finish':
        return spans.finished(effect);
      case 'waited':
        return spans.waited(effect);
      case 'await':
      case 'release':
      case 'caught':
      case 'noted':
      case 'refused':
        return undefined;
    }
  }
}

function carrying(anchor: string): TraceHeaders {
  return anchor === '' ? {} : { traceparent: anchor };
}

/** What an undo comes of: the record that brought the input or, when time had come, the bar of what it ended. */
function causeOf(turned: Turned, anchor: SpanContext): SpanContext | undefined {
  const { saga, input, effects } = turned;
  if (input.kind !== 'start' && input.kind !== 'due') return recordOf(anchor, turned);
  for (const effect of effects) {
    if (effect.kind === 'waited') return waitOf(anchor, saga, effect);
    if (effect.kind === 'settled') return barOf(anchor, saga, effect.operation);
  }
  // The anchor is the parent of an undo anyway; backends take a link to the parent for no parent at all.
  return undefined;
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
