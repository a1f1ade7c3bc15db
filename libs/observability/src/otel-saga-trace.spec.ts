import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { AlwaysOffSampler, ParentBasedSampler } from '@opentelemetry/sdk-trace-base';
import { describe, expect, it } from '@jest/globals';
import { undoCausesAfter, type Transition } from '#libs/orchestration';
import type { WaitedEffect } from '#libs/saga';
import type { OtelSagaTrace } from './otel-saga-trace.js';
import {
  answered,
  eventRecord,
  eventSpan,
  eventTrace,
  opened,
  orderPlaced,
  saga,
  settled,
  started,
  startedAt,
  transition,
} from './saga.fixture.js';
import { givenTrace } from './saga-trace.fixture.js';
import { readTraceparent } from './trace-context.js';
import { contentOf, linkedIds, recordingTracer } from './tracer.fixture.js';

/** What a participant's own spans leave in the reply to the command. */
function replyTo(command: { readonly traceparent?: string }) {
  const { traceId } = readTraceparent(command.traceparent)!;
  return { traceparent: `00-${traceId}-00f067aa0ba902b7-01` };
}

/** What stands with the saga after its transition, for whoever goes on with it. */
function causesAfter(trace: OtelSagaTrace, before: Transition) {
  return { undoCauses: undoCausesAfter(before.undoCauses, before.effects, () => trace.undoCause(before)) };
}

/** An order that is refused at its second step and undone. */
function refusedOrder(trace: OtelSagaTrace, anchor: string, start: object): readonly Transition[] {
  const reply = replyTo(trace.command(anchor, saga, 'reserve/1/do', 1));
  const undo = opened('reserve/1/undo', { compensates: 'reserve/1/do' });
  const undone = settled('reserve/1/undo', 30, { compensates: 'reserve/1/do', startedAt: startedAt + 20 });
  const refused = transition(
    anchor,
    102,
    answered('charge/1/do', 20, { outcome: 'rejected', error: 'no-cover' }),
    [settled('charge/1/do', 20, { outcome: 'rejected', error: 'no-cover' }), undo],
    reply,
  );
  return [
    transition(anchor, 100, started, [opened('reserve/1/do')], start),
    transition(
      anchor,
      101,
      answered('reserve/1/do', 10),
      [settled('reserve/1/do', 10), opened('charge/1/do')],
      reply,
    ),
    refused,
    {
      ...causesAfter(trace, refused),
      ...transition(
        anchor,
        103,
        answered('reserve/1/undo', 30),
        [
          undone,
          {
            kind: 'tell',
            id: 'outcome',
            block: 'outcomes',
            event: 'shop.order.rejected',
            data: { secret: 'card' },
          },
          { kind: 'finish', status: 'compensated' },
        ],
        reply,
      ),
    },
  ];
}

describe('the trace of an event that a gate forwards', () => {
  it('goes on from the event', () => {
    const { start, only } = givenTrace();

    const gate = only('process shop.events');

    expect(gate.kind).toBe(SpanKind.CONSUMER);
    expect(gate.parentSpanContext?.spanId).toBe(eventSpan);
    expect(start.traceparent).toBe(`00-${eventTrace}-${gate.spanContext().spanId}-01`);
  });

  it('begins with an id derived from the saga when the event has none', () => {
    const { trace } = givenTrace();

    const first = trace.forwarded(eventRecord, orderPlaced({}), saga, 'skald.gates');
    const second = trace.forwarded(eventRecord, orderPlaced({}), saga, 'skald.gates');

    expect(first).toEqual(second);
    expect(readTraceparent(first.traceparent)?.traceId).not.toBe(eventTrace);
  });

  it('passes state and baggage on', () => {
    const { trace } = givenTrace();
    const context = {
      traceparent: `00-${eventTrace}-${eventSpan}-01`,
      tracestate: 'v=1',
      baggage: 'tenant=a',
    };

    expect(trace.forwarded(eventRecord, orderPlaced(context), saga, 'skald.gates')).toMatchObject({
      tracestate: 'v=1',
      baggage: 'tenant=a',
    });
  });
});

describe('the trace of a refused order', () => {
  it('is one tree without a missing parent', () => {
    const { trace, anchor, start, spans } = givenTrace();

    for (const each of refusedOrder(trace, anchor, start)) trace.committed(each);

    const known = new Set([
      eventSpan,
      '00f067aa0ba902b7',
      ...spans().map((span) => span.spanContext().spanId),
    ]);
    // The command of a step that has no answer yet would be the only one without its bar.
    expect(spans().filter((span) => !known.has(span.parentSpanContext?.spanId ?? ''))).toEqual([]);
    expect(new Set(spans().map((span) => span.spanContext().traceId))).toEqual(new Set([eventTrace]));
    expect(known.size).toBe(spans().length + 2);
  });

  it('has an anchor below the gate that is there from the start', () => {
    const { trace, anchor, start, only } = givenTrace();

    trace.committed(refusedOrder(trace, anchor, start)[0]!);

    const root = only('saga order-fulfilment');
    expect(root.parentSpanContext?.spanId).toBe(readTraceparent(start.traceparent)?.spanId);
    expect(root.spanContext().spanId).toBe(readTraceparent(anchor)?.spanId);
    expect(root.duration).toEqual([0, 1_000]);
  });

  it('shows a step from its first message to its answer', () => {
    const { trace, anchor, start, only } = givenTrace();

    for (const each of refusedOrder(trace, anchor, start)) trace.committed(each);

    const bar = only('step reserve');
    expect(bar.startTime).toEqual([1_750_000_000, 123_000_000]);
    expect(bar.endTime).toEqual([1_750_000_000, 133_000_000]);
    expect(bar.parentSpanContext?.spanId).toBe(readTraceparent(anchor)?.spanId);
  });

  it('puts the command on the wire below its step', () => {
    const { trace, anchor, start, spans, only } = givenTrace();

    for (const each of refusedOrder(trace, anchor, start)) trace.committed(each);

    const command = readTraceparent(trace.command(anchor, saga, 'reserve/1/do', 1).traceparent)!;
    const sent = spans().find((span) => span.spanContext().spanId === command.spanId)!;
    expect(sent.name).toBe('send inventory.commands');
    expect(sent.kind).toBe(SpanKind.PRODUCER);
    expect(sent.parentSpanContext?.spanId).toBe(only('step reserve').spanContext().spanId);
  });

  it('links a compensation to its step and its cause', () => {
    const { trace, anchor, start, spans, only } = givenTrace();

    for (const each of refusedOrder(trace, anchor, start)) trace.committed(each);

    const refusal = spans().find((span) => span.attributes['messaging.kafka.offset'] === 102)!;
    expect(linkedIds(only('compensate reserve'))).toEqual([
      only('step reserve').spanContext().spanId,
      refusal.spanContext().spanId,
    ]);
  });

  it('links a compensation to its cause also by who did not see that', () => {
    const [one, two] = [givenTrace(), givenTrace()];
    const [, , refused, undone] = refusedOrder(one.trace, one.anchor, one.start);

    one.trace.committed(refused!);
    two.trace.committed(undone!);

    const refusal = one.spans().find((span) => span.attributes['messaging.kafka.offset'] === 102)!;
    expect(linkedIds(two.only('compensate reserve'))).toContain(refusal.spanContext().spanId);
  });

  it('links a compensation to its cause when it is told again', () => {
    const { trace, anchor, start, spans } = givenTrace();
    const history = refusedOrder(trace, anchor, start);
    const before = spans().length;

    trace.retold(history.map((each) => ({ ...each, undoCauses: undefined })));

    const told = spans().slice(before);
    const refusal = told.find((span) => span.attributes['messaging.kafka.offset'] === 102)!;
    const undo = told.find(({ name }) => name === 'compensate reserve')!;
    expect(linkedIds(undo)).toContain(refusal.spanContext().spanId);
    expect(undo.links.map(({ context }) => context.traceId)).toEqual([
      refusal.spanContext().traceId,
      refusal.spanContext().traceId,
    ]);
  });

  it('links a compensation that time has brought to the bar of what was over', () => {
    const { trace, anchor, only } = givenTrace();
    const wait: WaitedEffect = {
      kind: 'waited',
      id: 'deposit/1/wait',
      channel: 'event',
      block: 'deposit',
      outcome: 'failed',
      error: 'timed-out',
      startedAt,
      endedAt: startedAt + 20,
    };
    const undo = opened('reserve/1/undo', { compensates: 'reserve/1/do' });
    const undone = settled('reserve/1/undo', 30, { compensates: 'reserve/1/do' });

    const over = transition(anchor, 101, { kind: 'due', now: startedAt + 20 }, [wait, undo]);

    trace.committed(over);
    trace.committed({
      ...transition(anchor, 102, answered('reserve/1/undo', 30), [undone]),
      ...causesAfter(trace, over),
    });

    const links = linkedIds(only('compensate reserve'));
    expect(links).toContain(only('wait deposit').spanContext().spanId);
    expect(links).not.toContain(readTraceparent(anchor)?.spanId);
  });

  it('closes with a bar over the whole saga', () => {
    const { trace, anchor, start, only } = givenTrace();

    for (const each of refusedOrder(trace, anchor, start)) trace.committed(each);

    const bar = only('saga order-fulfilment compensated');
    expect([bar.startTime, bar.endTime]).toEqual([
      [1_750_000_000, 123_000_000],
      [1_750_000_000, 153_000_000],
    ]);
  });

  it('does not call a refusal an error', () => {
    const { trace, anchor, start, spans } = givenTrace();

    for (const each of refusedOrder(trace, anchor, start)) trace.committed(each);

    expect(spans().filter((span) => span.status.code === SpanStatusCode.ERROR)).toEqual([]);
  });

  it('is the same when it is emitted by another process', () => {
    const [one, two] = [givenTrace(), givenTrace()];

    for (const each of refusedOrder(one.trace, one.anchor, one.start)) one.trace.committed(each);
    for (const each of refusedOrder(two.trace, two.anchor, two.start)) two.trace.committed(each);

    expect(two.spans().map(contentOf)).toEqual(one.spans().map(contentOf));
  });

  it('holds no payload', () => {
    const { trace, anchor, start, spans } = givenTrace();

    for (const each of refusedOrder(trace, anchor, start)) trace.committed(each);

    expect(JSON.stringify(spans().map(contentOf))).not.toContain('card');
  });
});

describe('a step in trouble', () => {
  it('is an error with its attempts', () => {
    const { trace, anchor, only } = givenTrace();
    const failure = settled('charge/1/do', 50, { outcome: 'failed', error: 'unavailable', attempts: 3 });

    trace.committed(
      transition(anchor, 110, answered('charge/1/do', 50, { outcome: 'failed', attempt: 3 }), [failure]),
    );

    const bar = only('step charge');
    expect(bar.status).toEqual({ code: SpanStatusCode.ERROR, message: 'unavailable' });
    expect(bar.attributes['saga.step.attempt']).toBe(3);
  });

  it('shows a repeated message beside the first one', () => {
    const { trace, anchor, named } = givenTrace();
    const due = { kind: 'due', now: startedAt + 30_000 } as const;

    trace.committed(transition(anchor, 100, started, [opened('charge/1/do')]));
    trace.committed(transition(anchor, 120, due, [opened('charge/1/do', { isRepeat: true })]));

    const [first, repeat] = named('send inventory.commands');
    expect(repeat!.spanContext().spanId).not.toBe(first!.spanContext().spanId);
    expect(linkedIds(repeat!)).toEqual([first!.spanContext().spanId]);
  });

  it('puts a question below the step it asks about', () => {
    const { trace, anchor, only } = givenTrace();
    const question = opened('charge/1/verify', { verifies: 'charge/1/do' });

    trace.committed(transition(anchor, 121, { kind: 'due', now: startedAt + 9 }, [question]));
    trace.committed(transition(anchor, 122, answered('charge/1/verify', 12), [settled('charge/1/do', 12)]));

    expect(only('send inventory.commands').parentSpanContext?.spanId).toBe(
      only('step charge').spanContext().spanId,
    );
  });

  it('puts an answer without trace below the command', () => {
    const { trace, anchor, only } = givenTrace();

    trace.committed(transition(anchor, 123, answered('charge/1/do', 9), []));

    const command = readTraceparent(trace.command(anchor, saga, 'charge/1/do', 1).traceparent)!;
    expect(only('process skald.home').parentSpanContext?.spanId).toBe(command.spanId);
  });

  it('links an answer that comes in a trace of its own', () => {
    const { trace, anchor, only } = givenTrace();
    const foreign = { traceparent: `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01` };

    trace.committed(transition(anchor, 124, answered('charge/1/do', 9), [], foreign));

    expect(linkedIds(only('process skald.home'))).toEqual(['d'.repeat(16)]);
    expect(only('process skald.home').spanContext().traceId).toBe(eventTrace);
  });

  it('marks an incident', () => {
    const { trace, anchor, only } = givenTrace();
    const incident = {
      kind: 'incident',
      open: true,
      id: 'i1',
      block: 'charge',
      code: 'GAVE_UP',
      message: 'secret card',
    } as const;

    trace.committed(transition(anchor, 125, { kind: 'due', now: startedAt + 9 }, [incident]));

    expect(only('incident GAVE_UP').status.code).toBe(SpanStatusCode.ERROR);
  });
});

describe('a saga that is not sampled', () => {
  it('emits nothing and says so on the wire', () => {
    const { trace, spans } = givenTrace();
    const before = spans().length;
    const start = trace.forwarded(
      eventRecord,
      orderPlaced({ traceparent: `00-${eventTrace}-${eventSpan}-00` }),
      saga,
      'skald.gates',
    );
    const anchor = trace.anchor(saga, start);

    for (const each of refusedOrder(trace, anchor, start)) trace.committed(each);

    expect(spans()).toHaveLength(before);
    expect(anchor).toMatch(/-00$/);
    expect(trace.command(anchor, saga, 'charge/1/do', 1).traceparent).toBe(anchor);
    expect(trace.event(anchor, saga, 'outcome').traceparent).toBe(anchor);
  });

  it('is one the sampler refused at its start', () => {
    const { trace } = givenTrace({
      recording: recordingTracer(new ParentBasedSampler({ root: new AlwaysOffSampler() })),
    });

    expect(trace.anchor(saga, {})).toMatch(/-00$/);
    expect(trace.forwarded(eventRecord, orderPlaced({}), saga, 'skald.gates').traceparent).toMatch(/-00$/);
  });
});

describe('a saga started without an event', () => {
  it('has a trace of its own, always the same', () => {
    const { trace } = givenTrace();

    const anchor = trace.anchor(saga, {});

    expect(anchor).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(trace.anchor(saga, {})).toBe(anchor);
  });

  it('sends no trace headers when it was started untraced', () => {
    const { trace } = givenTrace();

    expect(trace.command('', saga, 'charge/1/do', 1)).toEqual({});
    expect(trace.event('', saga, 'outcome')).toEqual({});
  });
});
