import { describe, expect, it } from '@jest/globals';
import { headerText, partitionName } from './record.js';

describe('a header', () => {
  it('is read as text', () => {
    expect(headerText({ a: Buffer.from('ü') }, 'a')).toBe('ü');
  });

  it('that is absent is nothing', () => {
    expect(headerText({}, 'a')).toBeUndefined();
  });

  it('of foreign bytes is no error', () => {
    expect(headerText({ a: Buffer.from([0xff, 0x61]) }, 'a')).toBe('\u{fffd}a');
  });
});

describe('a partition', () => {
  it('has a name for logs', () => {
    expect(partitionName({ topic: 'shop.home', part: 3 })).toBe('shop.home/3');
  });
});
