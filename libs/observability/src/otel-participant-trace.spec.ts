import { context, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { command, traceparent } from './command.fixture.js';
import { OtelParticipantTrace } from './otel-participant-trace.js';
import { eventRecord } from './saga.fixture.js';
import { readTraceparent } from './trace-context.js';
import { recordingTracer } from './tracer.fixture.js';

const record = { ...eventRecord, topic: 'payment.commands' };
const done = { outcome: 'succeeded', value: '{"secret":"card"}' } as const;

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});

afterAll(() => context.disable());

function givenTrace() {
  const recording = recordingTracer();
  const named = (name: string) => recording.spans().find((span) => span.name === name)!;
  return { ...recording, named, participant: new OtelParticipantTrace(recording.tracer) };
}

describe('a command that is carried out', () => {
  it('has a span below the message that brought it', () => {
    const { participant, named } = givenTrace();

    participant.receive(command, record, 'payment').answered(done, true).sent({ kind: 'acknowledged' });

    expect(named('process payment.commands').parentSpanContext?.spanId).toBe('b'.repeat(16));
    expect(named('process payment.commands').attributes).toMatchObject({
      'messaging.consumer.group.name': 'payment',
    });
  });

  it('contains what its handler does', async () => {
    const { participant, named, tracer } = givenTrace();
    const span = participant.receive(command, record, 'payment');

    await span.handle(() => {
      tracer.startSpan('select').end();
      return Promise.resolve();
    });
    span.answered(done, true).sent({ kind: 'acknowledged' });

    expect(named('select').parentSpanContext?.spanId).toBe(
      named('process payment.commands').spanContext().spanId,
    );
    expect(trace.getSpan(context.active())).toBeUndefined();
  });

  it('hands the span of its answer to the reply', () => {
    const { participant, named } = givenTrace();

    const reply = participant.receive(command, record, 'payment').answered(done, true);
    reply.sent({ kind: 'acknowledged' });

    const sent = named('send skald.home');
    expect(readTraceparent(reply.headers.traceparent)?.spanId).toBe(sent.spanContext().spanId);
    expect(reply.headers.baggage).toBe('tenant=a');
    expect(sent.parentSpanContext?.spanId).toBe(named('process payment.commands').spanContext().spanId);
  });

  it('is an error only when it failed', () => {
    const { participant, spans } = givenTrace();

    participant
      .receive(command, record, 'payment')
      .answered({ outcome: 'rejected', error: 'no-cover', value: 'null' }, true);
    participant
      .receive(command, record, 'payment')
      .answered({ outcome: 'failed', error: 'unavailable', value: 'null' }, true);

    expect(spans().map((span) => span.status.code)).toEqual([SpanStatusCode.UNSET, SpanStatusCode.ERROR]);
  });

  it('is an error when nobody knows what became of it', () => {
    const { participant, named } = givenTrace();

    participant.receive(command, record, 'payment').unanswered();

    expect(named('process payment.commands').status.code).toBe(SpanStatusCode.ERROR);
    expect(named('process payment.commands').attributes['saga.outcome']).toBe('unknown');
  });

  it('marks an answer that could not be sent', () => {
    const { participant, named } = givenTrace();

    participant
      .receive(command, record, 'payment')
      .answered(done, true)
      .sent({ kind: 'unsent', reason: 'no leader' });

    expect(named('send skald.home').status.code).toBe(SpanStatusCode.ERROR);
  });

  it('leaves no payload in its spans', () => {
    const { participant, spans } = givenTrace();

    participant.receive(command, record, 'payment').answered(done, true).sent({ kind: 'acknowledged' });

    expect(JSON.stringify(spans().map((span) => span.attributes))).not.toContain('card');
  });

  it('stays untraced when its saga is', () => {
    const { participant, spans } = givenTrace();
    const quiet = { ...command, trace: { traceparent: traceparent.replace(/01$/, '00') } };

    const reply = participant.receive(quiet, record, 'payment').answered(done, true);
    reply.sent({ kind: 'acknowledged' });

    expect(spans()).toEqual([]);
    expect(reply.headers.traceparent).toMatch(/^00-a{32}-[0-9a-f]{16}-00$/);
  });
});

describe('an accepted command that is answered later', () => {
  it('sends its answer in the trace of the command', () => {
    const { participant, named } = givenTrace();

    participant.completed(command, done).sent({ kind: 'acknowledged' });

    expect(named('send skald.home').parentSpanContext?.spanId).toBe('b'.repeat(16));
  });
});
