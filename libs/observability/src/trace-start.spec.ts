import { describe, expect, it } from '@jest/globals';
import type { InboundRecord, TraceHeaders } from '#libs/messaging';
import type { WaitedEffect } from '#libs/saga';
import { OtelSagaTrace, type SagaTraceOptions } from './otel-saga-trace.js';
import {
  answered,
  eventRecord,
  eventSpan,
  eventTrace,
  opened,
  saga,
  settled,
  started,
  startedAt,
  transition,
} from './saga.fixture.js';
import { samplerOf, RetellingSampler } from './retelling-sampler.js';
import { givenTrace } from './saga-trace.fixture.js';
import { readTraceparent } from './trace-context.js';
import { linkedIds, recordingTracer } from './tracer.fixture.js';

const traceparent = `00-${eventTrace}-${eventSpan}-01`;

function begun(options: SagaTraceOptions, headers: TraceHeaders = { traceparent }, record = eventRecord) {
  const given = givenTrace({ options, headers, record });
  given.trace.committed(transition(given.anchor, 100, started, [], given.start));
  const [gate, root] = given.spans();
  return { ...given, gate: gate!, root: root! };
}

describe('the trace of a saga', () => {
  it('is part of that of its event', () => {
    const { gate, root } = begun({});

    expect(root.parentSpanContext?.spanId).toBe(gate.spanContext().spanId);
    expect(root.spanContext().traceId).toBe(eventTrace);
    expect(gate.links).toEqual([]);
  });

  it('is one of its own with links in both directions', () => {
    const { gate, root } = begun({ start: 'link' });

    expect(root.parentSpanContext).toBeUndefined();
    expect(root.spanContext().traceId).not.toBe(eventTrace);
    expect(linkedIds(root)).toEqual([gate.spanContext().spanId]);
    expect(gate.spanContext().traceId).toBe(eventTrace);
    expect(gate.links.map(({ context }) => context)).toMatchObject([
      { traceId: root.spanContext().traceId, spanId: root.spanContext().spanId },
    ]);
  });

  it('is one of its own that does not refer to the event', () => {
    const { root } = begun({ start: 'new' });

    expect(root.spanContext().traceId).not.toBe(eventTrace);
    expect(root.links).toEqual([]);
  });

  it.each([
    ['join', 'link', eventTrace],
    ['link', 'join', eventTrace],
  ] as const)('begins as the message says: %s, where the installation says %s', (said, start, traceId) => {
    const { root } = begun({ start }, { traceparent, 'saga-trace-start': said });

    if (said === 'join') expect(root.spanContext().traceId).toBe(traceId);
    else expect(root.spanContext().traceId).not.toBe(traceId);
  });

  it('is the same wherever it is begun again', () => {
    expect(begun({ start: 'link' }).anchor).toBe(begun({ start: 'link' }).anchor);
  });

  it('goes on from a context in another convention', () => {
    const record: InboundRecord = { ...eventRecord, headers: { b3: Buffer.from('x') } };
    const foreign = (headers: InboundRecord['headers']) =>
      headers['b3'] === undefined ? undefined : readTraceparent(traceparent);
    const { gate, root } = begun({ foreign }, {}, record);

    expect(gate.parentSpanContext?.spanId).toBe(eventSpan);
    expect(root.spanContext().traceId).toBe(eventTrace);
  });

  it('is found by the headers that are kept', () => {
    const headers = { 'x-request-id': Buffer.from('R-17'), cookie: Buffer.from('secret') };
    const { gate } = begun({ headers: ['x-request-id', 'x-other'] }, {}, { ...eventRecord, headers });

    expect(gate.attributes).toMatchObject({ 'saga.header.x-request-id': 'R-17' });
    expect(JSON.stringify(gate.attributes)).not.toContain('secret');
  });

  it('carries its business key', () => {
    expect(begun({}).root.attributes).toMatchObject({ 'saga.key': 'order-1' });
  });
});

describe('what a saga waits for', () => {
  const wait: WaitedEffect = {
    kind: 'waited',
    id: 'approve/1/wait',
    channel: 'task',
    block: 'approve',
    outcome: 'came',
    startedAt,
    endedAt: startedAt + 180_000,
  };
  const heard = {
    kind: 'heard',
    now: startedAt + 180_000,
    id: wait.id,
    what: 'answered',
    data: null,
  } as const;

  it('is a bar as long as the wait, with what ended it below', () => {
    const { trace, anchor, spans } = begun({});

    trace.committed(transition(anchor, 101, heard, [wait]));

    const [process, bar] = spans().slice(-2);
    expect(bar).toMatchObject({
      name: 'task approve',
      attributes: { 'saga.step': 'approve', 'saga.channel': 'task', 'saga.outcome': 'came' },
    });
    expect(bar!.duration[0]).toBe(180);
    expect(process!.parentSpanContext?.spanId).toBe(bar!.spanContext().spanId);
  });

  it('of a child saga is what the trace of the child is below', () => {
    const { trace, anchor, spans } = begun({ start: 'link' });
    const child = trace.child(anchor, saga, 'ship/1/wait');
    const childAnchor = trace.anchor('0196f0a0-0000-7abc-8000-000000000002', child);

    trace.committed(
      transition(anchor, 101, heard, [{ ...wait, id: 'ship/1/wait', channel: 'saga', block: 'ship' }]),
    );

    const bar = spans().find(({ name }) => name === 'child ship')!;
    expect(readTraceparent(child.traceparent)?.spanId).toBe(bar.spanContext().spanId);
    expect(readTraceparent(childAnchor)?.traceId).toBe(readTraceparent(anchor)?.traceId);
  });

  it('is an error when it failed', () => {
    const { trace, anchor, spans } = begun({});

    trace.committed(transition(anchor, 101, heard, [{ ...wait, outcome: 'failed', error: 'stale' }]));

    expect(spans().at(-1)?.status).toMatchObject({ message: 'stale' });
  });
});

describe('a trace that is told again', () => {
  const told = [
    { input: started, effects: [opened('reserve/1/do')] },
    { input: answered('reserve/1/do', 10), effects: [settled('reserve/1/do', 10), finish()] },
  ];

  function finish() {
    return { kind: 'finish', status: 'completed' } as const;
  }

  function retoldBy(sampler: string) {
    const env = { OTEL_TRACES_SAMPLER: sampler, OTEL_TRACES_SAMPLER_ARG: '0' };
    const recording = recordingTracer(new RetellingSampler(samplerOf(env)));
    const trace = new OtelSagaTrace(recording.emitter);
    const anchor = `00-${eventTrace}-${eventSpan}-00`;
    const again = told.map(({ input, effects }, index) => transition(anchor, 100 + index, input, effects));
    return { id: trace.retold(again), spans: recording.spans() };
  }

  it.each(['parentbased_traceidratio', 'traceidratio', 'always_off', 'parentbased_always_off'])(
    'is whole whatever was sampled: %s',
    (sampler) => {
      const { id, spans } = retoldBy(sampler);
      const known = new Set(spans.map((span) => span.spanContext().spanId));

      expect(spans.map(({ name }) => name)).toEqual([
        'saga order-fulfilment',
        'send inventory.commands',
        'process skald.home',
        'step reserve',
        'saga order-fulfilment completed',
      ]);
      expect(new Set(spans.map((span) => span.spanContext().traceId))).toEqual(new Set([id]));
      expect(spans.filter((span) => span.parentSpanContext === undefined)).toHaveLength(1);
      for (const { parentSpanContext: parent } of spans)
        expect(parent === undefined || known.has(parent.spanId)).toBe(true);
    },
  );

  it('refers to the first one and says what it is', () => {
    const { id, spans } = retoldBy('always_on');

    expect(id).not.toBe(eventTrace);
    expect(spans[0]!.links.map(({ context }) => context.traceId)).toEqual([eventTrace]);
    for (const { attributes } of spans) expect(attributes['saga.retold']).toBe(true);
  });

  it('has the same ids each time', () => {
    const ids = () => retoldBy('always_on').spans.map((span) => span.spanContext());

    expect(ids()).toEqual(ids());
  });

  it('is nothing where there is no history', () => {
    expect(new OtelSagaTrace(recordingTracer().emitter).retold([])).toBeUndefined();
  });
});

describe('the sampler of the environment', () => {
  it.each([
    [undefined, 'ParentBased{root=AlwaysOnSampler'],
    ['parentbased_traceidratio', 'ParentBased{root=TraceIdRatioBased{0.01}'],
    ['traceidratio', 'TraceIdRatioBased{0.01}'],
    ['always_off', 'AlwaysOffSampler'],
    ['unknown', 'ParentBased{root=AlwaysOnSampler'],
  ])('%s is %s', (name, text) => {
    const env = { OTEL_TRACES_SAMPLER: name, OTEL_TRACES_SAMPLER_ARG: '0.01' };

    expect(samplerOf(env).toString()).toContain(text);
  });
});
