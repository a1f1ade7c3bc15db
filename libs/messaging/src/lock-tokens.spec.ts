import { describe, expect, it } from '@jest/globals';
import { locksText, readLocks } from './lock-tokens.js';

describe('the locks of a command', () => {
  const locks = { 'delivery-slot/A 1, B=2': 1_763_737_000_000, 'dock/ü7': 3 };

  it('are read as they were written', () => {
    expect(readLocks(locksText(locks))).toEqual(locks);
  });

  it('are text for headers', () => {
    expect(locksText(locks)).toBe('delivery-slot%2FA%201%2C%20B%3D2=1763737000000, dock%2F%C3%BC7=3');
    expect(locksText({ '\ud800': 1 })).toBe('%EF%BF%BD=1');
  });

  it.each(['a', 'a=b', '%=1', 'a=1, b'])('are not %s', (text) => {
    expect(() => readLocks(text)).toThrow('saga-locks is');
  });
});
