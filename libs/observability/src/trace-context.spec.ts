import { describe, expect, it } from '@jest/globals';
import { isSampled, readTraceparent, traceHeaders, writeTraceparent } from './trace-context.js';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';

describe('a traceparent', () => {
  it('is read into trace, span and sampling', () => {
    const context = readTraceparent(`00-${traceId}-${spanId}-01`)!;

    expect(context).toEqual({ traceId, spanId, traceFlags: 1, isRemote: true });
  });

  it.each([
    ['01', true],
    ['00', false],
    ['03', true],
    ['0a', false],
    ['0b', true],
  ])('is sampled or not with flags %s', (flags, expected) => {
    expect(isSampled(`00-${traceId}-${spanId}-${flags}`)).toBe(expected);
  });

  it('is not sampled where there is none', () => {
    expect(isSampled('')).toBe(false);
  });

  it('is written as it was read', () => {
    const text = `00-${traceId}-${spanId}-00`;

    expect(writeTraceparent(readTraceparent(text)!)).toBe(text);
  });

  it.each([
    ['absent', undefined],
    ['no text of this form', 'hello'],
    ['of a forbidden version', `ff-${traceId}-${spanId}-01`],
    ['without a trace', `00-${'0'.repeat(32)}-${spanId}-01`],
    ['without a span', `00-${traceId}-${'0'.repeat(16)}-01`],
  ])('is nothing when it is %s', (_, text) => {
    expect(readTraceparent(text)).toBeUndefined();
  });

  it('of a later version is read as far as it is known', () => {
    expect(readTraceparent(`01-${traceId}-${spanId}-01-more`)?.spanId).toBe(spanId);
  });
});

describe('the headers of a message', () => {
  it('pass on state and baggage', () => {
    const headers = traceHeaders(
      { traceId, spanId, traceFlags: 1 },
      { tracestate: 'a=b', baggage: 'tenant=x' },
    );

    expect(headers).toEqual({
      traceparent: `00-${traceId}-${spanId}-01`,
      tracestate: 'a=b',
      baggage: 'tenant=x',
    });
  });
});
