import { describe, expect, it } from '@jest/globals';
import { hash16, uuidText } from './bytes.js';

describe('a hash of parts', () => {
  it('has 16 bytes', () => {
    expect(hash16('a', 'b')).toHaveLength(16);
  });

  it('tells apart where one part ends', () => {
    expect(hash16('ab', 'c').equals(hash16('a', 'bc'))).toBe(false);
  });
});

describe('uuid text', () => {
  it('groups the bytes', () => {
    expect(uuidText(Buffer.from('000102030405060708090a0b0c0d0e0f', 'hex'))).toBe(
      '00010203-0405-0607-0809-0a0b0c0d0e0f',
    );
  });
});
