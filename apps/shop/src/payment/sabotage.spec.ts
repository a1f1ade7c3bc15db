import { describe, expect, it } from '@jest/globals';
import { Sabotage, sabotageFrom } from './sabotage.js';

describe('sabotage', () => {
  it('swallows one refund, however often it is tried', () => {
    const sabotage = new Sabotage(true);

    expect(['u1', 'u2', 'u1'].map((operation) => sabotage.swallows(operation))).toEqual([true, false, true]);
  });

  it('is off unless it is asked for', () => {
    expect(sabotageFrom([], {}).swallows('u1')).toBe(false);
    expect(sabotageFrom([], { SHOP_SABOTAGE: 'refund' }).swallows('u1')).toBe(true);
    expect(sabotageFrom(['--sabotage=refund'], {}).swallows('u1')).toBe(true);
    expect(() => sabotageFrom(['--sabotage=stock'], {})).toThrow('the only kind is refund');
  });
});
