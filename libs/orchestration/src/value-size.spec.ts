import { describe, expect, it } from '@jest/globals';
import { MalformedRecordError, type InboundRecord } from '#libs/messaging';
import { assertValueFits } from './value-size.js';

const limit = 10;

describe('the value of a record', () => {
  it.each([
    ['nothing', null],
    ['as many bytes as are allowed', Buffer.alloc(limit)],
  ])('fits with %s', (_, value) => {
    expect(() => assertValueFits(recordOf(value), limit)).not.toThrow();
  });

  it('does not fit with one byte more', () => {
    const attempt = (): void => assertValueFits(recordOf(Buffer.alloc(limit + 1)), limit);

    expect(attempt).toThrow(MalformedRecordError);
    expect(attempt).toThrow('the value has 11 bytes; at most 10 are allowed');
  });
});

function recordOf(value: Buffer | null): InboundRecord {
  return { topic: 'shop.events', part: 0, offset: 1, timestamp: 0, key: null, value, headers: {} };
}
