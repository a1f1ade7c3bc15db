import {
  context,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import type { Command, InboundRecord, PublishOutcome, TraceHeaders } from '#libs/messaging';
import {
  ParticipantTrace,
  type CommandOrigin,
  type HandlingSpan,
  type SendingSpan,
  type StoredAnswer,
} from '#libs/participant';
import { attribute, processing, sending } from './span-attributes.js';
import { readTraceparent, traceHeaders } from './trace-context.js';

/**
 * The spans of a participant: one around each command, below the message that brought it, and one around its answer.
 *
 * What the handler does, its own spans included, happens inside the span of its command. These spans are drawn afresh
 * each time: a command that is carried out twice is two pieces of work.
 */
export class OtelParticipantTrace extends ParticipantTrace {
  constructor(private readonly tracer: Tracer) {
    super();
  }

  override receive(command: Command, record: InboundRecord, group: string): HandlingSpan {
    const span = this.tracer.startSpan(
      `process ${record.topic}`,
      {
        kind: SpanKind.CONSUMER,
        attributes: {
          ...processing({ ...record, group }, command.saga),
          'messaging.message.id': command.id,
          [attribute.saga]: command.saga,
          [attribute.definition]: command.sagaType,
          [attribute.step]: command.step,
          [attribute.attempt]: command.attempt,
          [attribute.command]: command.type,
        },
      },
      parentOf(command.trace),
    );
    return new OtelHandlingSpan(this.tracer, span, command);
  }

  override completed(origin: CommandOrigin, answer: StoredAnswer): SendingSpan {
    return startSending(this.tracer, origin, answer, parentOf(origin.trace));
  }

  override parked(): void {
    // A record that cannot be read has no trace to belong to; it is logged and kept with its bytes.
  }
}

class OtelHandlingSpan implements HandlingSpan {
  constructor(
    private readonly tracer: Tracer,
    private readonly span: Span,
    private readonly command: Command,
  ) {}

  handle<Result>(run: () => Promise<Result>): Promise<Result> {
    return context.with(trace.setSpan(context.active(), this.span), run);
  }

  answered(answer: StoredAnswer, fresh: boolean): SendingSpan {
    const { span } = this;
    span.setAttributes({ [attribute.outcome]: answer.outcome, [attribute.fromMemory]: !fresh });
    if (answer.error !== undefined) span.setAttribute(attribute.error, answer.error);
    // A refusal is an answer like any other; only what failed is an error.
    if (answer.outcome === 'failed')
      span.setStatus({ code: SpanStatusCode.ERROR, message: answer.error ?? 'failed' });
    const reply = startSending(this.tracer, this.command, answer, trace.setSpan(ROOT_CONTEXT, span));
    span.end();
    return reply;
  }

  unanswered(): void {
    this.span.setAttribute(attribute.outcome, 'unknown');
    this.span.setStatus({ code: SpanStatusCode.ERROR, message: 'unknown' });
    this.span.end();
  }
}

class OtelSendingSpan implements SendingSpan {
  constructor(
    private readonly span: Span,
    readonly headers: TraceHeaders,
  ) {}

  sent(outcome: PublishOutcome): void {
    if (outcome.kind !== 'acknowledged')
      this.span.setStatus({ code: SpanStatusCode.ERROR, message: outcome.kind });
    this.span.end();
  }
}

function startSending(
  tracer: Tracer,
  { replyTo, replyPartition, saga, id, type, trace: passedOn }: Command | CommandOrigin,
  answer: StoredAnswer,
  under: ReturnType<typeof parentOf>,
): SendingSpan {
  const attributes = {
    ...sending(replyTo, saga),
    'messaging.destination.partition.id': String(replyPartition),
    'messaging.message.id': `${id}.${answer.outcome}`,
    [attribute.saga]: saga,
    [attribute.command]: type,
    [attribute.outcome]: answer.outcome,
  };
  const span = tracer.startSpan(`send ${replyTo}`, { kind: SpanKind.PRODUCER, attributes }, under);
  return new OtelSendingSpan(span, traceHeaders(span.spanContext(), passedOn));
}

function parentOf({ traceparent }: TraceHeaders) {
  const parent = readTraceparent(traceparent);
  return parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
}
