import { describe, expect, it } from '@jest/globals';
import { derivedSpanId, derivedTraceId } from './derived-ids.js';
import { recordingTracer } from './tracer.fixture.js';

const identity = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };

describe('derived ids', () => {
  it('name the same span in every process', () => {
    expect(derivedSpanId('saga', 'send', 'reserve/1/do', 2)).toBe('189b50e56d239907');
    expect(derivedTraceId('saga')).toHaveLength(32);
  });

  it('tell operations, attempts and directions apart', () => {
    const ids = [
      derivedSpanId('s', 'send', 'reserve/1/do', 1),
      derivedSpanId('s', 'send', 'reserve/1/do', 2),
      derivedSpanId('s', 'send', 'reserve/1/undo', 1),
      derivedSpanId('t', 'send', 'reserve/1/do', 1),
    ];

    expect(new Set(ids).size).toBe(4);
  });

  it('are given to one span only', () => {
    const { tracer, ids } = recordingTracer();

    const given = ids.give(identity, () => tracer.startSpan('given'));
    const other = tracer.startSpan('other');

    expect(given.spanContext()).toMatchObject(identity);
    expect(other.spanContext().spanId).not.toBe(identity.spanId);
    expect(other.spanContext().traceId).not.toBe(identity.traceId);
  });

  it('are not kept for another span when nobody asked', () => {
    const { tracer, ids } = recordingTracer();

    ids.give(identity, () => undefined);

    expect(tracer.startSpan('other').spanContext().spanId).not.toBe(identity.spanId);
  });
});
