import { SpanKind, type Attributes, type SpanContext } from '@opentelemetry/api';
import { header, type SagaId } from '#libs/messaging';
import type {
  FinishEffect,
  IncidentEffect,
  OpenEffect,
  SettledEffect,
  TellEffect,
  WaitedEffect,
} from '#libs/saga';
import type { SentMessage, Transition } from '#libs/orchestration';
import { derivedSpanId } from './derived-ids.js';
import { attribute, processing, sending } from './span-attributes.js';
import type { FinishedSpan } from './span-emitter.js';

/** Of a message whose making nobody told of. */
const unsent: SentMessage = { topic: '' };

/** What the bar of a wait is called. */
const waitVerbs = {
  task: 'task',
  saga: 'child',
  event: 'wait',
  time: 'wait',
  lock: 'lock',
  fact: 'fact',
} as const;

/** Outcomes that are nobody's decision: the technical ones. A refusal is an answer like any other. */
const troubles: ReadonlySet<SettledEffect['outcome']> = new Set(['failed', 'unknown']);

/** The span of a saga that `parts` name, in the saga's trace. */
export function spanOf(
  anchor: SpanContext,
  saga: SagaId,
  ...parts: readonly (string | number)[]
): SpanContext {
  return { ...anchor, spanId: derivedSpanId(saga, ...parts) };
}

/** The bar of the exchange that `operation` belongs to. A verification is part of what it asks about. */
export function barOf(anchor: SpanContext, saga: SagaId, operation: string): SpanContext {
  return spanOf(anchor, saga, 'step', operation.replace(/\/(?:verify|unless)$/, '/do'));
}

/** The bar of a wait. One for time alone may come again under its name, at another time. */
export function waitOf(
  anchor: SpanContext,
  saga: SagaId,
  wait: Pick<WaitedEffect, 'id' | 'channel' | 'startedAt'>,
): SpanContext {
  return wait.channel === 'time'
    ? spanOf(anchor, saga, 'wait', wait.id, wait.startedAt)
    : outsideOf(anchor, saga, wait.id);
}

/** The bar of a wait for something outside the participants, by its name. */
export function outsideOf(anchor: SpanContext, saga: SagaId, id: string): SpanContext {
  return spanOf(anchor, saga, 'wait', id);
}

/** The message of a command, which every repeat of it carries too. */
export function commandOf(
  anchor: SpanContext,
  saga: SagaId,
  operation: string,
  attempt: number,
): SpanContext {
  return spanOf(anchor, saga, 'send', operation, attempt);
}

/** The message of an event. */
export function eventOf(anchor: SpanContext, saga: SagaId, id: string): SpanContext {
  return spanOf(anchor, saga, 'tell', id);
}

/** The record that brought an input. */
export function recordOf(
  anchor: SpanContext,
  { saga, topic, part, offset }: Pick<Transition, 'saga' | 'topic' | 'part' | 'offset'>,
): SpanContext {
  return spanOf(anchor, saga, 'process', topic, part, offset);
}

/** Makes the spans of one transition. `cause` is what an undo that it begins comes of. */
export class SagaSpans {
  private readonly attributes: Attributes;

  constructor(
    private readonly transition: Transition,
    private readonly anchor: SpanContext,
    private readonly cause: SpanContext | undefined,
  ) {
    const { definition, version } = transition.facts;
    this.attributes = {
      [attribute.saga]: transition.saga,
      [attribute.definition]: definition,
      [attribute.version]: version,
      ...(transition.retoldFrom === undefined ? {} : { [attribute.retold]: true }),
    };
  }

  /** A moment long: there has to be a root while the saga runs. */
  anchored(parent: SpanContext | undefined, links: readonly SpanContext[]): FinishedSpan {
    const { facts } = this.transition;
    const anchor = this.internal(`saga ${facts.definition}`, this.anchor, parent, facts.startedAt);
    return { ...anchor, links, attributes: { ...anchor.attributes, [attribute.key]: facts.key } };
  }

  /** The record that brought the input. */
  processed(parent: SpanContext, links: readonly SpanContext[], details: Attributes): FinishedSpan {
    const { topic, input, saga, cause } = this.transition;
    const isMessage = input.kind === 'answer' && cause !== undefined;
    return {
      name: `process ${topic}`,
      kind: SpanKind.CONSUMER,
      context: recordOf(this.anchor, this.transition),
      parent,
      links,
      startedAt: input.now,
      attributes: {
        ...this.attributes,
        ...processing(this.transition, saga),
        ...(isMessage ? { 'messaging.message.id': cause } : {}),
        ...details,
      },
    };
  }

  sent(effect: OpenEffect, { topic, headers }: SentMessage = unsent): FinishedSpan {
    const { saga } = this.transition;
    const first = commandOf(this.anchor, saga, effect.operation, effect.attempt);
    const undoes =
      effect.compensates === undefined
        ? []
        : [barOf(this.anchor, saga, effect.compensates), ...(this.cause === undefined ? [] : [this.cause])];
    // A repeat is sent later, under the same trace headers: a span of its own, beside the first one.
    const context =
      effect.isRepeat === true
        ? spanOf(this.anchor, saga, 'repeat', effect.operation, effect.attempt, this.transition.offset)
        : first;
    return {
      name: `send ${topic}`,
      kind: SpanKind.PRODUCER,
      context,
      parent: barOf(this.anchor, saga, effect.operation),
      links: effect.isRepeat === true ? [first] : undoes,
      startedAt: this.transition.input.now,
      attributes: {
        ...this.attributes,
        ...sending(topic, saga),
        ...(headers === undefined ? {} : { 'messaging.message.id': headers[header.id] }),
        [attribute.step]: effect.block,
        [attribute.operation]: effect.operation,
        [attribute.attempt]: effect.attempt,
        [attribute.direction]: effect.direction,
        [attribute.command]: effect.call,
      },
    };
  }

  told(effect: TellEffect, { topic }: SentMessage = unsent): FinishedSpan {
    const { saga, input } = this.transition;
    return {
      name: `send ${topic}`,
      kind: SpanKind.PRODUCER,
      context: eventOf(this.anchor, saga, effect.id),
      parent: this.anchor,
      startedAt: input.now,
      attributes: {
        ...this.attributes,
        ...sending(topic, saga),
        'messaging.message.id': `${saga}.${effect.id}`,
        [attribute.step]: effect.block,
        [attribute.event]: effect.event,
      },
    };
  }

  /** The bar of a step, or of its compensation. */
  settled(effect: SettledEffect): FinishedSpan {
    const { saga, undoCauses } = this.transition;
    const isUndo = effect.direction === 'undo';
    const undone = effect.compensates === undefined ? [] : [barOf(this.anchor, saga, effect.compensates)];
    const cause = isUndo ? undoCauses?.[effect.operation] : undefined;
    const bar = this.internal(
      `${isUndo ? 'compensate' : 'step'} ${effect.block}`,
      barOf(this.anchor, saga, effect.operation),
      this.anchor,
      effect.startedAt,
    );
    return {
      ...bar,
      endedAt: effect.endedAt,
      links: cause === undefined ? undone : [...undone, { ...this.anchor, spanId: cause }],
      error: troubles.has(effect.outcome) ? (effect.error ?? effect.outcome) : undefined,
      attributes: {
        ...bar.attributes,
        [attribute.step]: effect.block,
        [attribute.operation]: effect.operation,
        [attribute.attempt]: effect.attempts,
        [attribute.direction]: effect.direction,
        [attribute.command]: effect.call,
        [attribute.outcome]: effect.outcome,
        ...(effect.error === undefined ? {} : { [attribute.error]: effect.error }),
      },
    };
  }

  /** The bar of a wait: for a person, an event, another saga, a lock, a fact or for time to pass. */
  waited(effect: WaitedEffect): FinishedSpan {
    const name = `${waitVerbs[effect.channel]} ${effect.block}`;
    const context = waitOf(this.anchor, this.transition.saga, effect);
    const bar = this.internal(name, context, this.anchor, effect.startedAt);
    return {
      ...bar,
      endedAt: effect.endedAt,
      error: effect.outcome === 'failed' ? (effect.error ?? effect.outcome) : undefined,
      attributes: {
        ...bar.attributes,
        [attribute.step]: effect.block,
        [attribute.operation]: effect.id,
        [attribute.channel]: effect.channel,
        [attribute.outcome]: effect.outcome,
        ...(effect.error === undefined ? {} : { [attribute.error]: effect.error }),
      },
    };
  }

  stuck(effect: IncidentEffect & { readonly open: true }): FinishedSpan {
    const { saga, offset, input } = this.transition;
    const context = spanOf(this.anchor, saga, 'incident', effect.id, offset);
    const span = this.internal(`incident ${effect.code}`, context, this.anchor, input.now);
    const details = { [attribute.step]: effect.block, [attribute.error]: effect.code };
    return { ...span, error: effect.code, attributes: { ...span.attributes, ...details } };
  }

  /** The closing bar, from the beginning of the saga to its end. */
  finished(effect: FinishEffect): FinishedSpan {
    const { saga, facts, input } = this.transition;
    const bar = this.internal(
      `saga ${facts.definition} ${effect.status}`,
      spanOf(this.anchor, saga, 'finish'),
      this.anchor,
      facts.startedAt,
    );
    return {
      ...bar,
      endedAt: input.now,
      attributes: {
        ...bar.attributes,
        [attribute.outcome]: effect.status,
        ...(effect.result === undefined ? {} : { [attribute.result]: effect.result }),
        ...(effect.failure === undefined
          ? {}
          : { [attribute.error]: effect.failure.error, [attribute.step]: effect.failure.step }),
      },
    };
  }

  private internal(
    name: string,
    context: SpanContext,
    parent: SpanContext | undefined,
    startedAt: number,
  ): FinishedSpan {
    return { name, kind: SpanKind.INTERNAL, context, parent, startedAt, attributes: this.attributes };
  }
}
