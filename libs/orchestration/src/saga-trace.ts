import type { DomainEvent, InboundRecord, Offset, SagaId, TraceHeaders } from '#libs/messaging';
import type { Effect, SagaFacts, SagaInput, SagaTarget } from '#libs/saga';
import type { OutgoingMessage } from './outgoing-message.js';
import type { UndoCauses } from './undo-causes.js';

/** One input folded into one saga, after its commit. */
export interface Transition {
  readonly saga: SagaId;
  readonly facts: SagaFacts;
  /** How fast its definition says it should be. */
  readonly target?: SagaTarget;
  /** Traceparent of the saga's anchor, as stored. */
  readonly anchor: string;
  readonly input: SagaInput;
  readonly effects: readonly Effect[];
  /** The record that brought the input. */
  readonly topic: string;
  readonly part: number;
  readonly offset: Offset;
  /** The consumer group that read it. */
  readonly group: string;
  /** `ce_id` of the message that caused it, where there was one. */
  readonly cause?: string | undefined;
  /** Set when it is told again: the anchor it was told under first. */
  readonly retoldFrom?: string;
  /** Trace context the record carried. */
  readonly trace: TraceHeaders;
  /** The commands and events of `effects` as they were sent, by effect index. */
  readonly sent: Readonly<Record<number, SentMessage>>;
  /** What the undos that were under way before it come of. */
  readonly undoCauses?: UndoCauses | undefined;
}

/** What is told about a message that was sent. One that is told again from the history has no headers. */
export type SentMessage = Pick<OutgoingMessage, 'topic'> & Partial<Pick<OutgoingMessage, 'headers'>>;

/** What a turn is known by before anything it leads to is made. */
export type Turned = Pick<Transition, 'saga' | 'anchor' | 'input' | 'effects' | 'topic' | 'part' | 'offset'>;

/**
 * Makes the trace of a saga.
 *
 * What goes on the wire or into a row is derived from ids and times of records only, so that it is the same after a
 * crash; spans are emitted after the commit and may be emitted again, with identical content. No method may throw.
 */
export abstract class SagaTrace {
  /** Whether anything is emitted about sagas of this anchor; of others `committed` need not be told. */
  abstract follows(anchor: string): boolean;

  /** `record`, read by a consumer `group`, begins a saga; the result travels in the start record. */
  abstract forwarded(record: InboundRecord, event: DomainEvent, saga: SagaId, group: string): TraceHeaders;

  /** The traceparent of the saga's anchor, to be stored with it; empty when it is not traced. */
  abstract anchor(saga: SagaId, start: TraceHeaders): string;

  /** Trace headers of the command sent for `operation` and `attempt`. */
  abstract command(anchor: string, saga: SagaId, operation: string, attempt: number): TraceHeaders;

  /** Trace headers of an event told by the saga. */
  abstract event(anchor: string, saga: SagaId, id: string): TraceHeaders;

  /** Trace headers of the start of a child saga that is waited for under `id`, or of one that is not waited for. */
  abstract child(anchor: string, saga: SagaId, id?: string): TraceHeaders;

  /** What an undo that begins in this turn comes of, as the trace is told when the undo ends; `undefined`: of nothing. */
  abstract undoCause(turned: Turned): string | undefined;

  /** Emits the spans of a transition. */
  abstract committed(transition: Transition): void;

  /** Emits a whole saga again as a trace of its own; its id, or `undefined` where nothing is traced. */
  abstract retold(transitions: readonly Transition[]): string | undefined;
}

/** No tracing. */
export class NoSagaTrace extends SagaTrace {
  override follows(): boolean {
    return false;
  }

  override forwarded(record: InboundRecord, event: DomainEvent): TraceHeaders {
    return event.trace;
  }

  override anchor(saga: SagaId, start: TraceHeaders): string {
    return start.traceparent ?? '';
  }

  override command(anchor: string): TraceHeaders {
    return anchor === '' ? {} : { traceparent: anchor };
  }

  override event(anchor: string): TraceHeaders {
    return anchor === '' ? {} : { traceparent: anchor };
  }

  override child(anchor: string): TraceHeaders {
    return anchor === '' ? {} : { traceparent: anchor };
  }

  override undoCause(): undefined {
    return undefined;
  }

  override committed(): void {
    // Nothing is emitted.
  }

  override retold(): undefined {
    return undefined;
  }
}
